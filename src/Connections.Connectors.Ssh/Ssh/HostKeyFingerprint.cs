using System.Security.Cryptography;
using System.Text.RegularExpressions;

namespace Connections.Connectors.Ssh;

/// <summary>The confirmed key of an SSH host.</summary>
/// <param name="Hash">The SHA-256 hash in base64 without padding.</param>
/// <param name="Family">The beginning of the key's algorithm, if the text named one: <c>ssh-ed25519</c>, <c>ecdsa-</c>, <c>ssh-rsa</c>.</param>
internal sealed partial record HostKeyFingerprint(string Hash, string? Family)
{
    private const string Expected = "is expected as ssh-keygen -l shows it: SHA256: and 43 characters.";

    public static readonly IReadOnlyList<string> Families = ["ssh-ed25519", "ecdsa-", "ssh-rsa"];

    /// <summary>Reads a fingerprint in any form in which tools show it, or a public key. Null, with the problem, if the text is none.</summary>
    public static HostKeyFingerprint? Parse(string text, out string? problem)
    {
        problem = null;
        if (PublicKey().Match(text) is { Success: true } key && TryHash(key.Groups[2].Value) is { } hash)
            return new HostKeyFingerprint(hash, FamilyOf(key.Groups[1].Value));
        if (Sha256().Match(text) is { Success: true } match)
            return new HostKeyFingerprint(match.Groups[1].Value, Type().Match(text) is { Success: true } type ? FamilyOf(type.Groups[1].Value) : null);
        problem = Md5().IsMatch(text)
            ? $"The hostKeyFingerprint is an MD5 fingerprint, which is not safe. It {Expected} Use ssh-keygen -l -E sha256."
            : $"The hostKeyFingerprint is not a fingerprint. It {Expected}";
        return null;
    }

    /// <summary>The family of an algorithm's name, as the protocol or ssh-keygen writes it; null if it is another.</summary>
    public static string? FamilyOf(string algorithm) => algorithm.ToLowerInvariant() switch
    {
        "ssh-ed25519" or "ed25519" => "ssh-ed25519",
        "ssh-rsa" or "rsa" or "rsa-sha2-256" or "rsa-sha2-512" => "ssh-rsa",
        "ecdsa" => "ecdsa-",
        var other => other.StartsWith("ecdsa-", StringComparison.Ordinal) ? "ecdsa-" : null
    };

    /// <summary>Whether an algorithm of the key exchange shows a key of the family. RSA keys sign with several algorithms.</summary>
    public static bool Belongs(string algorithm, string family) =>
        FamilyOf(algorithm) == family && !algorithm.Contains("-cert-", StringComparison.Ordinal);

    private static string? TryHash(string key)
    {
        var bytes = new byte[key.Length];
        return Convert.TryFromBase64String(key, bytes, out var length)
            ? Convert.ToBase64String(SHA256.HashData(bytes.AsSpan(0, length))).TrimEnd('=')
            : null;
    }

    [GeneratedRegex(@"(?<![\w+/:-])(?:SHA256:)?([A-Za-z0-9+/]{43})=?(?![\w+/=])", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Sha256();

    [GeneratedRegex(@"\(([\w@.-]+)\)")]
    private static partial Regex Type();

    [GeneratedRegex(@"(ssh-ed25519|ssh-rsa|ecdsa-sha2-[\w-]+)\s+(AAAA[A-Za-z0-9+/]+=*)")]
    private static partial Regex PublicKey();

    [GeneratedRegex(@"([0-9a-f]{2}:){15}[0-9a-f]{2}", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Md5();
}
