using System.Text;
using System.Text.Json;

namespace EndToEnd.Tests.Canaries;

/// <summary>A value that occurs nowhere else.</summary>
/// <param name="Owner">The field or role in which the value was sent.</param>
/// <param name="Core">A part of letters and digits only, which escaping for JSON or URLs does not change.</param>
internal sealed record Canary(string Owner, string Value, string Core)
{
    private const string OddEnd = "+/=&%\"<";

    /// <summary>Every form in which the value might be stored, as bytes.</summary>
    public IReadOnlyList<(string Form, byte[] Bytes)> Forms { get; } = [.. AllForms(Core)];

    public static Canary New(string of) => In(of, core => core);

    /// <summary>Creates a value with characters that JSON and URLs escape.</summary>
    public static Canary Odd(string of) => In(of, core => core + OddEnd);

    /// <param name="value">Creates a value that contains the core.</param>
    public static Canary In(string of, Func<string, string> value)
    {
        var core = $"canary{Guid.NewGuid():n}";
        return new Canary(of, value(core), core);
    }

    public override string ToString() => Owner;

    /// <summary>Creates a canary from a value that another system generated.</summary>
    public static IEnumerable<(string Form, string Text)> Writings(string value) =>
    [
        ("clear", value),
        ("base64", Convert.ToBase64String(Encoding.UTF8.GetBytes(value))),
        ("base64 behind one byte", Convert.ToBase64String(Encoding.UTF8.GetBytes("x" + value))),
        ("base64 behind two bytes", Convert.ToBase64String(Encoding.UTF8.GetBytes("xy" + value))),
        ("hexadecimal", Convert.ToHexString(Encoding.UTF8.GetBytes(value))),
        ("hexadecimal in lower case", Convert.ToHexStringLower(Encoding.UTF8.GetBytes(value))),
        ("an address", Uri.EscapeDataString(value)),
        ("JSON", JsonSerializer.Serialize(value)),
        ("UTF-16", Encoding.Latin1.GetString(Encoding.Unicode.GetBytes(value))),
        ("UTF-16, big end first", Encoding.Latin1.GetString(Encoding.BigEndianUnicode.GetBytes(value)))
    ];

    private static IEnumerable<(string, byte[])> AllForms(string core)
    {
        var utf8 = Encoding.UTF8.GetBytes(core);
        yield return ("in clear", utf8);
        for (var before = 0; before < 3; before++) yield return ("as base64", Encoding.ASCII.GetBytes(Base64(utf8, before)));
        yield return ("as hexadecimal", Encoding.ASCII.GetBytes(Convert.ToHexString(utf8)));
        yield return ("as hexadecimal", Encoding.ASCII.GetBytes(Convert.ToHexStringLower(utf8)));
        yield return ("as UTF-16", Encoding.Unicode.GetBytes(core));
        yield return ("as UTF-16", Encoding.BigEndianUnicode.GetBytes(core));
    }

    // The part of the encoding that depends on the core only, whatever bytes come before and after.
    private static string Base64(byte[] core, int before)
    {
        var whole = Convert.ToBase64String([.. new byte[before], .. core]).TrimEnd('=');
        return whole[((before * 8 + 5) / 6)..((before + core.Length) * 8 / 6)];
    }
}
