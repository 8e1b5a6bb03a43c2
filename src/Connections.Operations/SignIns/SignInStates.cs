using System.Security.Cryptography;
using System.Text;
using Connections.Credentials.Sealing;
using Connections.Domain;

namespace Connections.Operations.SignIns;

/// <summary>Identifies a sign-in.</summary>
public sealed record SignInReference(ConnectionId Connection, Guid Attempt);

/// <summary>
/// Creates the values that go through browsers: a state that names the sign-in and cannot be forged, and a cookie that identifies the
/// browser that started it. Neither contains a secret.
/// </summary>
public sealed class SignInStates(IKeyedHash hash)
{
    // No workspace can have this name: the key belongs to the service, so that a forged state cannot cause new keys.
    private const string ServiceName = "*";

    private const int MaxLength = 256;

    public async Task<string> Create(SignInReference reference, CancellationToken ct)
    {
        var text = $"{reference.Connection.Workspace}.{reference.Connection.Value:n}.{reference.Attempt:n}";
        return $"{text}.{await Sign("oauth-state", text, ct)}";
    }

    /// <summary>Null for a state that this service did not create.</summary>
    public async Task<SignInReference?> Read(string? state, CancellationToken ct)
    {
        if (state is null or { Length: > MaxLength } || state.LastIndexOf('.') is var dot && dot < 0) return null;
        var (text, signature) = (state[..dot], state[(dot + 1)..]);
        if (!Same(await Sign("oauth-state", text, ct), signature)) return null;
        var parts = text.Split('.');
        return new SignInReference(new ConnectionId(parts[0], Guid.ParseExact(parts[1], "n")), Guid.ParseExact(parts[2], "n"));
    }

    public Task<string> Cookie(Guid attempt, CancellationToken ct) => Sign("oauth-browser", attempt.ToString(), ct);

    public async Task<bool> IsCookie(Guid attempt, string? cookie, CancellationToken ct) =>
        cookie is not null && Same(await Cookie(attempt, ct), cookie);

    public static bool Same(string a, string b) =>
        CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(a), Encoding.UTF8.GetBytes(b));

    private Task<string> Sign(string purpose, string text, CancellationToken ct) =>
        hash.Hash(ServiceName, purpose, Encoding.UTF8.GetBytes(text), ct);
}
