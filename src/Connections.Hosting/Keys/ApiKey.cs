using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Connections.Hosting.Keys;

/// <summary>What a key allows; each role may do what the ones before it may.</summary>
public enum Role
{
    Viewer,
    Runner,
    Manager,
    Admin,
    Operator
}

/// <summary>A key as it is stored: its hash, never itself.</summary>
public sealed record ApiKey(
    Guid Id, string Name, Role Role, string Workspace, DateTimeOffset CreatedAt, DateTimeOffset? ExpiresAt, DateTimeOffset? LastUsedAt)
{
    private const string Prefix = "ck_";

    /// <summary>A fresh key: 256 random bits, so that one round of hashing is enough.</summary>
    public static string Generate() => Prefix + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));

    public static string Hash(string key) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)));
}
