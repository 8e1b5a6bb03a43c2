using System.Text;
using System.Text.RegularExpressions;

namespace Connections.Connectors.Ssh;

/// <summary>Restores the layout of a private key that lost its line breaks when it was pasted or stored in a variable.</summary>
internal static partial class PrivateKeyText
{
    private const int LineLength = 64;

    public static string Restore(string text)
    {
        var lines = text.Replace("\\r", "", StringComparison.Ordinal).Replace("\\n", "\n", StringComparison.Ordinal).ReplaceLineEndings("\n")
            .Trim().Trim('\uFEFF', '"', '\'').Trim();
        if (Armour().Match(lines) is not { Success: true } armour) return lines + "\n"; // PuTTY's form
        var (name, inside) = (armour.Groups[1].Value, armour.Groups[2].Value);
        var restored = new StringBuilder().Append("-----BEGIN ").Append(name).Append("-----\n");
        if (Headers().Match(inside) is { Success: true } headers)
        {
            restored.Append(headers.Groups[1].Value).Append('\n').Append(headers.Groups[2].Value).Append("\n\n");
            inside = inside[(headers.Index + headers.Length)..];
        }

        foreach (var line in string.Concat(inside.Where(c => !char.IsWhiteSpace(c))).Chunk(LineLength)) restored.Append(line).Append('\n');
        return restored.Append("-----END ").Append(name).Append("-----\n").ToString();
    }

    /// <summary>The bytes of the key; null if the text has another form.</summary>
    public static (string Name, byte[] Bytes)? Decode(string restored)
    {
        if (Armour().Match(restored) is not { Success: true } armour || Headers().IsMatch(armour.Groups[2].Value)) return null;
        var base64 = string.Concat(armour.Groups[2].Value.Where(c => !char.IsWhiteSpace(c)));
        var bytes = new byte[base64.Length];
        return Convert.TryFromBase64String(base64, bytes, out var length) ? (armour.Groups[1].Value, bytes[..length]) : null;
    }

    [GeneratedRegex("-----BEGIN ([A-Z0-9 ]+)-----(.*?)-----END \\1-----", RegexOptions.Singleline)]
    private static partial Regex Armour();

    [GeneratedRegex(@"(Proc-Type:\s*\d,ENCRYPTED)\s+(DEK-Info:\s*[\w-]+,[0-9A-Fa-f]+)")]
    private static partial Regex Headers();
}
