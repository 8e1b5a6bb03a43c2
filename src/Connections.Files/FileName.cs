using System.Globalization;
using System.Net.Http.Headers;
using System.Text;

namespace Connections.Files;

/// <summary>Makes names and content types of others safe to show and to send in a header.</summary>
internal static class FileName
{
    public const string Unnamed = "file";
    public const string UnknownType = "application/octet-stream";

    private const int MaxLength = 200;
    private const int MaxExtension = 20;
    private const int MaxTypeLength = 200;

    /// <summary>The last part of a path, as one line of at most 200 characters without characters that control the display.</summary>
    public static string Clean(string? name)
    {
        var last = name?[(name.LastIndexOfAny(['/', '\\']) + 1)..] ?? "";
        var line = new StringBuilder(last.Length);
        foreach (var rune in last.EnumerateRunes()) line.Append(Controls(rune) ? " " : rune.ToString());
        var clean = Cut(line.ToString().Trim());
        return clean.Trim('.').Length == 0 ? Unnamed : clean;
    }

    public static string CleanType(string? type) => IsType(type) ? type! : UnknownType;

    public static bool IsType(string? type) =>
        type is { Length: > 0 and <= MaxTypeLength } && Ascii.IsValid(type) && !type.Any(char.IsControl)
        && MediaTypeHeaderValue.TryParse(type, out _);

    // Joiners are parts of characters in some scripts, and of emoji.
    private static bool Controls(Rune rune) => rune.Value is not (0x200C or 0x200D) && Rune.GetUnicodeCategory(rune) is
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
        or UnicodeCategory.PrivateUse;

    private static string Cut(string name)
    {
        if (name.Length <= MaxLength) return name;
        var dot = name.LastIndexOf('.');
        var extension = dot > 0 && name.Length - dot <= MaxExtension ? name[dot..] : "";
        var end = MaxLength - extension.Length;
        if (char.IsHighSurrogate(name[end - 1])) end--;
        return name[..end] + extension;
    }
}
