using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Connections.Hosting.Sessions;

/// <summary>
/// A browser that signed in with an API key, whose rights are those that the key has at each request, or in which a person signed in.
/// </summary>
/// <param name="KeyId">The id of the key, or of the person.</param>
/// <param name="FormSecret">The key of the tokens that forms of this session carry.</param>
public sealed record Session(
    string Workspace, Guid KeyId, string FormSecret, DateTimeOffset CreatedAt, DateTimeOffset UsedAt, Person? Person = null)
{
    public static readonly TimeSpan Longest = TimeSpan.FromHours(12);
    public static readonly TimeSpan LongestUnused = TimeSpan.FromHours(2);

    // The clocks of two hosts may differ by this much.
    internal static readonly TimeSpan MaxSkew = TimeSpan.FromMinutes(5);

    /// <summary>Whether its time is over. A session of the future was begun while a clock was wrong, and would live on until that time.</summary>
    public bool HasEnded(DateTimeOffset now) =>
        now - CreatedAt >= Longest || now - UsedAt >= LongestUnused || CreatedAt - now > MaxSkew || UsedAt - now > MaxSkew;

    /// <summary>The token that each form of the session carries.</summary>
    public string FormToken => Base64Url.EncodeToString(HMACSHA256.HashData(Encoding.ASCII.GetBytes(FormSecret), "form"u8));

    public bool IsFormToken(string? given) =>
        given is not null && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(given), Encoding.ASCII.GetBytes(FormToken));
}

/// <summary>The key that a one-time address signs in with.</summary>
public sealed record SignInCode(string Workspace, Guid KeyId);
