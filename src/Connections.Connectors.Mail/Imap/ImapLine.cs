using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.RegularExpressions;
using Connections.Connectors.MailServers;

namespace Connections.Connectors.Imap;

/// <summary>
/// Reads one line of a server, with the values in it that are announced by their length. Refuses each form that the library may split
/// into other lines and values than this class, and that no server needs.
/// </summary>
internal sealed partial class ImapLine
{
    private const int MaxDepth = 100;
    private const int MaxHead = 16 * 1024;
    private const int MaxKind = 32;

    private readonly List<byte> head = [];
    private long announced = -1;
    private int digits;
    private int depth;
    private bool closed;
    private bool returned;
    private bool quoted;
    private bool escaped;
    private bool opened;
    private bool? holdsValues;

    /// <summary>The bytes of an announced value that are still to come.</summary>
    public long Value { get; private set; }

    /// <summary>Whether the line lists the ids that a search found.</summary>
    public bool IsSearch { get; private set; }

    /// <summary>Whether the last whole line asks for more of the command.</summary>
    public bool Continues { get; private set; }

    /// <summary>The last whole line, if it is a status response.</summary>
    public ImapReply? Reply { get; private set; }

    public void Skip(int count) => Value -= count;

    /// <param name="limit">The bytes that an announced value may have.</param>
    /// <returns>Whether the line ended.</returns>
    public bool Read(byte one, int limit)
    {
        if (one == '\n') return End(limit);
        if (head.Count < MaxHead)
        {
            head.Add(one);
            CheckBegin(CollectionsMarshal.AsSpan(head));
        }

        CheckAnnouncement(one);
        if (quoted)
        {
            (quoted, escaped) = escaped ? (true, false) : (one != '"', one == '\\');
            return false;
        }

        if (one == '"') quoted = true;
        else if (one == '(' && ++depth > MaxDepth) throw new MailLimitException($"lists nested more than {MaxDepth} deep");
        else if (one == ')') depth = Math.Max(0, depth - 1);
        return false;
    }

    private void CheckBegin(ReadOnlySpan<byte> text)
    {
        switch (text.Length)
        {
            case 1 when text[0] is not ((byte)'*' or (byte)'+') && !char.IsAsciiLetterOrDigit((char)text[0]):
            case 2 when text[0] == '*' && text[1] != ' ':
            case 3 when text[0] == '*' && !char.IsAsciiLetterOrDigit((char)text[2]):
                throw new MailLimitException("a line that begins like no answer");
            case 8:
                IsSearch = Ascii.EqualsIgnoreCase(text, "* SEARCH"u8);
                break;
            case 9 when Ascii.EqualsIgnoreCase(text, "* ESEARCH"u8):
                throw new MailLimitException("an extended answer to a search that is not extended");
        }
    }

    private void CheckAnnouncement(byte one)
    {
        if (one == '{' && (announced < 0 || quoted || !HoldsValues()))
        {
            (announced, digits, closed, returned) = (0, 0, false, false);
            opened |= !quoted;
            return;
        }

        if (announced < 0) return;
        if (!closed && one is >= (byte)'0' and <= (byte)'9')
            (announced, digits) = (Math.Min(announced * 10 + (one - '0'), int.MaxValue), digits + 1);
        else if (!closed && one == '}' && digits > 0) closed = true;
        else if (closed && !returned && one == '\r') returned = true;
        else if (!quoted && HoldsValues()) throw new MailLimitException("the length of a value in a wrong form");
        else if (one != '+' || closed) announced = -1;
    }

    private bool End(int limit)
    {
        if (closed && announced >= 0)
        {
            if (quoted || !HoldsValues()) throw new MailLimitException("the length of a value where no value can be");
            if (announced > limit)
                throw new MailLimitException($"a value of {announced.ToString(CultureInfo.InvariantCulture)} bytes");
            (Value, announced, closed, returned) = (announced, -1, false, false);
            return false;
        }

        if (announced >= 0 && !quoted && HoldsValues()) throw new MailLimitException("the length of a value in a wrong form");
        var text = Encoding.UTF8.GetString([.. head]).TrimEnd('\r');
        Reply = ImapReply.Parse(text);
        Continues = text is ['+', ..];
        CheckWhole(text);
        head.Clear();
        (depth, quoted, escaped, announced, closed, opened) = (0, false, false, -1, false, false);
        (IsSearch, holdsValues) = (false, null);
        return true;
    }

    private void CheckWhole(string text)
    {
        if (Continues) return;
        if (Reply is null)
        {
            if (text is not ['*', ..]) throw new MailLimitException("a line that is no answer");
            if (quoted) throw new MailLimitException("a quoted text with a line break");
            if (opened && !HoldsValues()) throw new MailLimitException("a value where no value can be");
            return;
        }

        // The library reads the response code like values, and the text behind it as it is.
        if (Code().Match(text) is not { Success: true } code) return;
        if (quoted || head.Count == MaxHead || code.Value.Contains('{', StringComparison.Ordinal))
            throw new MailLimitException("a response code in a wrong form");
    }

    private bool HoldsValues() =>
        holdsValues ??= Values().IsMatch(Encoding.ASCII.GetString([.. head.Take(MaxKind)]));

    [GeneratedRegex(@"^\* ([0-9]+ FETCH|LIST|LSUB|XLIST|STATUS) ", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Values();

    // As far as the last bracket, or to the end if none is closed. A text that begins like a value is read like one.
    [GeneratedRegex(
        @"^\S+ [A-Z]+[ \r]*(\[(.*\]|.*)|[""{].*)",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.Singleline)]
    private static partial Regex Code();
}
