using System.Globalization;
using System.Text.RegularExpressions;

namespace Connections.Connectors.Smtp;

/// <summary>A negative reply of a server: https://www.rfc-editor.org/rfc/rfc5321#section-4.2</summary>
/// <param name="Enhanced">The code of https://www.rfc-editor.org/rfc/rfc3463, such as 5.7.1; null if the reply has none.</param>
internal sealed partial record SmtpReply(int Code, string? Enhanced, string Text)
{
    public const int MaxText = 1_000;

    public static SmtpReply From(int code, string? text)
    {
        var line = Line(text ?? "");
        return new SmtpReply(code, EnhancedCode().Match(line) is { Success: true } match ? match.Groups[1].Value : null, line);
    }

    /// <summary>Null if the line is no reply.</summary>
    public static SmtpReply? Parse(string line) =>
        line.Length >= 3 && int.TryParse(line.AsSpan(0, 3), NumberStyles.None, CultureInfo.InvariantCulture, out var code)
            ? From(code, line.Length > 4 ? line[4..] : "")
            : null;

    /// <summary>Whether the second and third number of the enhanced code begin with these.</summary>
    public bool Is(string subject) => Enhanced is { } code
        && (code[2..] == subject || code[2..].StartsWith(subject + ".", StringComparison.Ordinal));

    private static string Line(string text)
    {
        var shown = string.Concat(text.Trim().Take(MaxText).Select(c => char.IsControl(c) ? ' ' : c));
        return text.Trim().Length > MaxText ? shown + "…" : shown;
    }

    [GeneratedRegex(@"^([245]\.\d{1,3}\.\d{1,3})\b")]
    private static partial Regex EnhancedCode();
}
