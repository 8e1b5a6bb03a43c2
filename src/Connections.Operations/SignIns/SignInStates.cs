using System.Security.Cryptography;
using System.Text;
using Connections.Credentials.Sealing;

namespace Connections.Operations.SignIns;

/// <summary>Which sign-in a browser comes back from.</summary>
public sealed record SignInReference(string Workspace, Guid Connection, Guid Attempt);

/// <summary>
/// What goes through browsers: a state that names the sign-in and cannot be forged, and a cookie by which the browser that started it is
/// known again. Neither holds a secret of anybody.
/// </summary>
public sealed class SignInStates(IKeyedHash hash)
{
    // no workspace is called so: the key is the service's own, and a forged state makes no keys
    private const string ServiceName = "*";

    private const int Longest = 256;

    public async Task<string> Create(SignInReference of, CancellationToken ct)
    {
        var text = $"{of.Workspace}.{of.Connection:n}.{of.Attempt:n}";
        return $"{text}.{await Sign("oauth-state", text, ct)}";
    }

    /// <summary>Null for what this service did not make.</summary>
    public async Task<SignInReference?> Read(string? state, CancellationToken ct)
    {
        if (state is null or { Length: > Longest } || state.LastIndexOf('.') is var dot && dot < 0) return null;
        var (text, signature) = (state[..dot], state[(dot + 1)..]);
        if (!Same(await Sign("oauth-state", text, ct), signature)) return null;
        var parts = text.Split('.');
        return new SignInReference(parts[0], Guid.ParseExact(parts[1], "n"), Guid.ParseExact(parts[2], "n"));
    }

    public Task<string> Cookie(Guid attempt, CancellationToken ct) => Sign("oauth-browser", attempt.ToString(), ct);

    public async Task<bool> IsCookie(Guid attempt, string? cookie, CancellationToken ct) =>
        cookie is not null && Same(await Cookie(attempt, ct), cookie);

    public static bool Same(string a, string b) =>
        CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(a), Encoding.UTF8.GetBytes(b));

    private Task<string> Sign(string purpose, string text, CancellationToken ct) =>
        hash.Hash(ServiceName, purpose, Encoding.UTF8.GetBytes(text), ct);
}
