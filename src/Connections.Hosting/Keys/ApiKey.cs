using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Connections.Hosting.Keys;

/// <summary>The roles of API keys. Each role includes the rights of the roles before it.</summary>
public enum Role
{
    Viewer,
    Runner,
    Manager,
    Admin,
    Operator
}

/// <summary>The stored data of an API key. The store holds only a hash of the key.</summary>
public sealed record ApiKey(
    Guid Id, string Name, Role Role, string Workspace, DateTimeOffset CreatedAt, DateTimeOffset? ExpiresAt, DateTimeOffset? LastUsedAt)
{
    private const string Prefix = "ck_";

    /// <summary>Generates a key of 256 random bits. With that much entropy, one round of hashing is enough.</summary>
    public static string Generate() => Prefix + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));

    public static string Hash(string key) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)));
}
