using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Connectors.Tests.Http;

/// <summary>Undoes encodings, so that a test finds a secret whatever form it has. Knows nothing of the code under test.</summary>
internal static partial class Decodings
{
    private const int Rounds = 3;

    /// <summary>Whether the text holds the secret, as it is or encoded up to three times.</summary>
    public static bool Holds(string text, string secret)
    {
        var (seen, now) = (new HashSet<string> { text }, new List<string> { text });
        for (var round = 0; round <= Rounds; round++)
        {
            if (now.Any(t => t.Contains(secret, StringComparison.Ordinal))) return true;
            now = [.. now.SelectMany(All).Where(seen.Add)];
        }

        return false;
    }

    public static void Nowhere(string text, params string[] secrets)
    {
        foreach (var secret in secrets) Assert.False(Holds(text, secret), $"The text repeats {secret}: {text}");
    }

    /// <summary>The output as a caller sees it: its JSON, and the bytes of a base64 body.</summary>
    public static string Shown(JsonElement output) => output.GetProperty("bodyType").GetString() == "base64"
        ? output.GetRawText() + "\n" + Encoding.Latin1.GetString(output.GetProperty("body").GetBytesFromBase64())
        : output.GetRawText();

    private static IEnumerable<string> All(string text)
    {
        yield return Uri.UnescapeDataString(text);
        yield return Uri.UnescapeDataString(text.Replace('+', ' '));
        yield return WebUtility.HtmlDecode(text);
        yield return Escape().Replace(text, m => m.Groups[1].Success
            ? ((char)Convert.ToInt32(m.Groups[1].Value, 16)).ToString() : m.Groups[2].Value);
        if (text.Contains('\0')) yield return text.Replace("\0", "", StringComparison.Ordinal);
        foreach (Match run in Base64().Matches(text))
            for (var skip = 0; skip < 4; skip++)
            {
                var part = run.Value.TrimEnd('=')[Math.Min(skip, run.Value.TrimEnd('=').Length)..].Replace('-', '+').Replace('_', '/');
                part = part[..(part.Length - (part.Length % 4 == 1 ? 1 : 0))];
                var bytes = Convert.FromBase64String(part.PadRight((part.Length + 3) / 4 * 4, '='));
                yield return Encoding.UTF8.GetString(bytes);
            }
    }

    [GeneratedRegex(@"\\u([0-9a-fA-F]{4})|\\([""\\/])")]
    private static partial Regex Escape();

    [GeneratedRegex(@"[A-Za-z0-9+/_-]{8,}={0,2}")]
    private static partial Regex Base64();
}
