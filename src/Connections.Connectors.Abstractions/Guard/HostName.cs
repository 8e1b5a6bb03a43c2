using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Connections.Connectors.Guard;

/// <summary>A typed host in normal form: a lower-case name without a final dot, or an address. Unusual spellings are rejected.</summary>
public sealed record HostName(string Name, IPAddress? Address)
{
    private static readonly IdnMapping Idn = new() { AllowUnassigned = false, UseStd3AsciiRules = false };

    /// <summary>Null if the text is not a valid host; <paramref name="why"/> then explains why, for people.</summary>
    public static HostName? Parse(string? typed, out string why)
    {
        why = "";
        if (string.IsNullOrEmpty(typed)) return Refuse("A host name or an address is required.", out why);
        if (typed.Any(c => char.IsWhiteSpace(c) || char.IsControl(c))) return Refuse("The host must not contain spaces or line breaks.", out why);
        if (typed.Contains('@')) return Refuse("The host must not contain a user name (an \"@\").", out why);
        if (typed.Contains('%')) return Refuse("The host must not contain a zone or an escape (a \"%\").", out why);
        if (typed.IndexOfAny(['/', '\\', '?', '#']) >= 0) return Refuse("Enter the host only, without scheme, path or slashes.", out why);

        var text = typed is ['[', .. var inside, ']'] ? inside : typed;
        if (text.Contains(':')) return AsIPv6(text, out why);
        return AsName(text, out why);
    }

    private static HostName? AsIPv6(string text, out string why)
    {
        why = "";
        var plain = text.All(c => char.IsAsciiHexDigit(c) || c is ':' or '.');
        if (!plain || !IPAddress.TryParse(text, out var address) || address.AddressFamily != AddressFamily.InterNetworkV6)
            return Refuse("The host must not contain a \":\" (the port has its own field), except in an IPv6 address.", out why);
        var one = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        return new HostName(one.ToString(), one);
    }

    private static HostName? AsName(string text, out string why)
    {
        why = "";
        var ascii = Ascii(text);
        var name = ascii?.EndsWith('.') == true ? ascii[..^1] : ascii;
        if (name is null or { Length: 0 or > 253 } || name.Split('.').Any(label => label.Length is 0 or > 63))
            return Refuse("This is not a valid host name.", out why);
        if (!name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.')) return Refuse("This is not a valid host name.", out why);
        if (!EndsInNumber(name)) return new HostName(name, null);

        // Resolvers read 2130706433, 0x7f.1 and 0177.0.0.1 as addresses. Only the plain dotted spelling is accepted.
        return PlainIPv4(name) is { } address
            ? new HostName(address.ToString(), address)
            : Refuse("Write an IPv4 address as four decimal numbers, such as 203.0.113.7.", out why);
    }

    private static string? Ascii(string text)
    {
        try
        {
            return (text.All(char.IsAscii) ? text : Idn.GetAscii(text)).ToLowerInvariant();
        }
        catch (ArgumentException)
        {
            return null;
        }
    }

    private static bool EndsInNumber(string name)
    {
        var last = name[(name.LastIndexOf('.') + 1)..];
        return last.All(char.IsAsciiDigit) || (last.StartsWith("0x", StringComparison.Ordinal) && last[2..].All(char.IsAsciiHexDigit));
    }

    private static IPAddress? PlainIPv4(string name)
    {
        var parts = name.Split('.');
        var plain = parts.Length == 4 && parts.All(p => p.Length <= 3 && p.All(char.IsAsciiDigit) && (p.Length == 1 || p[0] != '0'));
        return plain && IPAddress.TryParse(name, out var address) ? address : null;
    }

    private static HostName? Refuse(string sentence, out string why)
    {
        why = sentence;
        return null;
    }
}
