using System.Text;

namespace Connections.Connectors.Masking;

/// <summary>A secret as it was sent.</summary>
/// <param name="Before">The text sent directly before it, such as <c>Bearer </c>. It tells a short secret from other text.</param>
public sealed record SentSecret(string Value, string Before = "")
{
    // A text of one kind of characters, such as a word or a year, also occurs where it is no secret.
    private const int MinLength = 8;
    private const int MinPlainLength = 16;

    /// <summary>Whether the text occurs nowhere but as a secret, so that it can be masked within other text.</summary>
    public static bool IsDistinctive(string value) => value.Length >= MinPlainLength || (value.Length >= MinLength
        && (value.Any(char.IsLetter) ? 1 : 0) + (value.Any(char.IsDigit) ? 1 : 0) + (value.Any(c => !char.IsLetterOrDigit(c)) ? 1 : 0) > 1);

    /// <param name="bytes">The encoding in which the secret was sent.</param>
    internal IEnumerable<SecretForm> Forms(Encoding bytes)
    {
        if (Value.Length == 0) yield break;
        var (raw, distinctive) = (bytes.GetBytes(Value), IsDistinctive(Value));
        yield return new SecretForm("", Value, distinctive);
        if (!distinctive)
        {
            if (Before.Length > 0) yield return new SecretForm(Before, Value, Within: true);
            yield return new SecretForm("", Convert.ToBase64String(raw), Within: false);
            yield break;
        }

        for (var behind = 0; behind < 3; behind++)
        {
            var core = Base64Core(raw, behind);
            yield return new SecretForm("", core, Within: true);
            if (core.AsSpan().IndexOfAny('+', '/') >= 0)
                yield return new SecretForm("", core.Replace('+', '-').Replace('/', '_'), Within: true);
        }

        yield return new SecretForm("", Convert.ToHexString(raw), Within: true);
        yield return new SecretForm("", Convert.ToHexStringLower(raw), Within: true);
    }

    // The characters that depend on the secret only, whatever bytes stand before and behind it.
    private static string Base64Core(byte[] raw, int behind)
    {
        var whole = Convert.ToBase64String([.. new byte[behind], .. raw]);
        return whole[(((behind * 8) + 5) / 6)..((behind + raw.Length) * 8 / 6)];
    }
}

/// <summary>A form in which a secret may be repeated.</summary>
/// <param name="Before">Text that must stand before it and is kept.</param>
/// <param name="Within">Whether it is masked within longer text, or only as a whole.</param>
internal sealed record SecretForm(string Before, string Text, bool Within)
{
    public string Whole => Before + Text;
}
