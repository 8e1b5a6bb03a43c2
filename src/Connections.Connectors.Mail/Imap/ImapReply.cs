using System.Globalization;
using System.Text.RegularExpressions;

namespace Connections.Connectors.Imap;

/// <summary>A status response: https://www.rfc-editor.org/rfc/rfc9051#section-7.1</summary>
/// <param name="Code">The response code, in upper case and without its arguments; null if there is none.</param>
internal sealed partial record ImapReply(bool IsTagged, string Status, string? Code, string Text)
{
    private const int MaxText = 1_000;

    /// <summary>Null if the line is no status response.</summary>
    public static ImapReply? Parse(string line)
    {
        var match = Form().Match(line);
        if (!match.Success) return null;
        var text = match.Groups["text"].Value;
        return new ImapReply(
            match.Groups["tag"].Value != "*",
            match.Groups["status"].Value.ToUpperInvariant(),
            match.Groups["code"] is { Success: true } code ? code.Value.ToUpperInvariant() : null,
            string.Concat(text.Take(MaxText).Select(c => char.IsControl(c) ? ' ' : c)) + (text.Length > MaxText ? "…" : ""));
    }

    /// <summary>The delay that Exchange asks for when it throttles.</summary>
    public TimeSpan? Delay => Backoff().Match(Text) is { Success: true } match
        && int.TryParse(match.Groups[1].Value, NumberStyles.None, CultureInfo.InvariantCulture, out var milliseconds)
            ? TimeSpan.FromMilliseconds(milliseconds)
            : null;

    [GeneratedRegex(
        @"^(?<tag>\*|[A-Za-z0-9]+) (?<status>OK|NO|BAD|BYE|PREAUTH)( \[(?<code>[A-Za-z-]+)[^\]]*\])?( (?<text>.*))?$",
        RegexOptions.IgnoreCase)]
    private static partial Regex Form();

    [GeneratedRegex(@"Suggested Backoff Time: (\d+) milliseconds", RegexOptions.IgnoreCase)]
    private static partial Regex Backoff();
}
