using System.Globalization;

namespace Connections.Operations;

/// <summary>Limits the length of stored texts from callers.</summary>
public static class Texts
{
    public const int MaxLength = 1_000;

    private const int MaxLineLength = 200;

    public static string? Cut(string? text) => text is { Length: > MaxLength } ? Cut(text, MaxLength) : text;

    /// <summary>
    /// A name from a provider, as one line of at most 200 characters. Characters that control the display, such as line ends and those that
    /// change the direction of writing, become spaces.
    /// </summary>
    public static string Line(string text)
    {
        var line = string.Create(text.Length, text, static (to, from) =>
        {
            for (var i = 0; i < from.Length; i++) to[i] = Controls(from[i]) ? ' ' : from[i];
        });
        return line.Length > MaxLineLength ? Cut(line, MaxLineLength) : line;
    }

    private static bool Controls(char c) => CharUnicodeInfo.GetUnicodeCategory(c) is UnicodeCategory.Control or UnicodeCategory.Format
        or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;

    private static string Cut(string text, int length) => text[..(char.IsHighSurrogate(text[length - 1]) ? length - 1 : length)];
}
