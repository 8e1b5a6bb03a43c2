using System.Globalization;
using System.Text;

namespace Connections.Connectors.Masking;

/// <summary>
/// Finds a text within another in which any character may be encoded: with percent signs or as a form, with escapes of JSON, or with
/// references of HTML, once or several times over.
/// </summary>
internal static class EncodedText
{
    /// <summary>The characters with which an encoded character may begin.</summary>
    public const string Starts = "%\\&+";

    // The ways in which one text can be read differently are few. Further ones are ignored.
    private const int MaxReadings = 8;

    private static readonly Dictionary<string, char> Entities = new()
    {
        ["amp;"] = '&',
        ["lt;"] = '<',
        ["gt;"] = '>',
        ["quot;"] = '"',
        ["apos;"] = '\''
    };

    /// <summary>The length of the occurrence of <paramref name="wanted"/> at this position; -1 if there is none.</summary>
    public static int Match(ReadOnlySpan<char> text, int at, ReadOnlySpan<char> wanted, bool ignoreCase = false)
    {
        Span<int> first = stackalloc int[MaxReadings];
        Span<int> second = stackalloc int[MaxReadings];
        var now = new Ends(first);
        var next = new Ends(second);
        now.Add(at);
        foreach (var rune in wanted.EnumerateRunes())
        {
            next.Clear();
            for (var i = 0; i < now.Count; i++) Read(text, now[i], rune, ignoreCase, ref next);
            if (next.Count == 0) return -1;
            var was = now;
            now = next;
            next = was;
        }

        var longest = at;
        for (var i = 0; i < now.Count; i++) longest = Math.Max(longest, now[i]);
        return longest - at;
    }

    private static void Read(ReadOnlySpan<char> text, int at, Rune wanted, bool ignoreCase, ref Ends ends)
    {
        if (at >= text.Length) return;
        if (Rune.DecodeFromUtf16(text[at..], out var rune, out var length) == System.Buffers.OperationStatus.Done
            && (rune == wanted || (ignoreCase && Rune.ToLowerInvariant(rune) == Rune.ToLowerInvariant(wanted)))) ends.Add(at + length);
        switch (text[at])
        {
            case '+' when wanted.Value == ' ':
                ends.Add(at + 1);
                break;
            case '%':
                ReadPercent(text, at, wanted, ref ends);
                break;
            case '\\':
                ReadEscape(text, at, wanted, ref ends);
                break;
            case '&':
                ReadReference(text, at + 1, wanted, ref ends);
                break;
        }
    }

    private static void ReadPercent(ReadOnlySpan<char> text, int at, Rune wanted, ref Ends ends)
    {
        if (wanted.Value == '%')
        {
            for (var digits = at + 1; Hex(text, digits, 2) == '%'; digits += 2) ends.Add(digits + 2);
            return;
        }

        Span<byte> utf8 = stackalloc byte[4];
        var end = at;
        foreach (var wantedByte in utf8[..wanted.EncodeToUtf8(utf8)])
            if (end >= 0) end = ReadByte(text, end, wantedByte);
        if (end >= 0) ends.Add(end);
        if (wanted.Value is > 0x7F and <= 0xFF && ReadByte(text, at, (byte)wanted.Value) is var latin and > 0) ends.Add(latin);
    }

    // %2F, %252F, %25252F …
    private static int ReadByte(ReadOnlySpan<char> text, int at, byte wanted)
    {
        if (at >= text.Length || text[at] != '%') return -1;
        for (var digits = at + 1; ; digits += 2)
        {
            if (Hex(text, digits, 2) == wanted) return digits + 2;
            if (Hex(text, digits, 2) != '%') return -1;
        }
    }

    // \", \\\", \/, \n, \u00fc, \xfc
    private static void ReadEscape(ReadOnlySpan<char> text, int at, Rune wanted, ref Ends ends)
    {
        var end = at;
        while (end < text.Length && text[end] == '\\')
        {
            end++;
            if (wanted.Value == '\\') ends.Add(end);
        }

        if (end >= text.Length) return;
        if (!Rune.IsLetterOrDigit(wanted) && text[end] == wanted.Value) ends.Add(end + 1);
        var control = text[end] switch { 'n' => '\n', 'r' => '\r', 't' => '\t', 'b' => '\b', 'f' => '\f', _ => '\0' };
        if (control != '\0' && control == wanted.Value) ends.Add(end + 1);
        if (text[end] == 'x' && Hex(text, end + 1, 2) == wanted.Value) ends.Add(end + 3);
        if (text[end] != 'u' || Hex(text, end + 1, 4) is not (var unit and >= 0)) return;
        if (unit == wanted.Value) ends.Add(end + 5);
        var pair = end + 5;
        while (pair < text.Length && text[pair] == '\\') pair++;
        if (pair > end + 5 && pair < text.Length && text[pair] == 'u' && Hex(text, pair + 1, 4) is var low and >= 0
            && Rune.TryCreate((char)unit, (char)low, out var whole) && whole == wanted) ends.Add(pair + 5);
    }

    // &amp; &#38; &#x26; and the same behind any number of amp;
    private static void ReadReference(ReadOnlySpan<char> text, int at, Rune wanted, ref Ends ends)
    {
        for (; at < text.Length; at += 4)
        {
            foreach (var (name, character) in Entities)
                if (wanted.Value == character && text[at..].StartsWith(name, StringComparison.Ordinal)) ends.Add(at + name.Length);
            if (text[at] == '#' && text[at..].IndexOf(';') is var end and > 1 and <= 9)
            {
                var digits = text[(at + 1)..(at + end)];
                var style = digits[0] is 'x' or 'X' ? NumberStyles.AllowHexSpecifier : NumberStyles.None;
                if (int.TryParse(style == NumberStyles.None ? digits : digits[1..], style, CultureInfo.InvariantCulture, out var code)
                    && code == wanted.Value) ends.Add(at + end + 1);
            }

            if (!text[at..].StartsWith("amp;", StringComparison.Ordinal)) return;
        }
    }

    private static int Hex(ReadOnlySpan<char> text, int at, int length) => at + length <= text.Length
        && int.TryParse(text.Slice(at, length), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value) ? value : -1;

    private ref struct Ends(Span<int> places)
    {
        private readonly Span<int> places = places;

        public int Count { get; private set; }

        public readonly int this[int index] => places[index];

        public void Clear() => Count = 0;

        public void Add(int end)
        {
            if (Count < places.Length && !places[..Count].Contains(end)) places[Count++] = end;
        }
    }
}
