using Connections.Connectors.Pipeline;
using Connections.Domain;

namespace Connections.Connectors.OAuth;

/// <summary>
/// Calls a provider with the connection's access token. Refreshes the token once if the provider rejects it before it expires.
/// </summary>
internal static class SignedCall
{
    /// <param name="call">The call. Its argument is the access token, a secret with the field <c>token</c>.</param>
    public static async Task<(T? Response, ConnectorResult.Failed? Failure)> Send<T>(
        ConnectionUse use, Func<Secret, Task<(T?, ConnectorResult.Failed?)>> call, CancellationToken ct)
    {
        if (use.Tokens is null)
            return (default, new(FailureKind.InvalidInput, "No sign-in exists for this connection: start one with POST /api/connections.", Delivered.No, Answered: true));
        var token = await use.Tokens.Get(null, ct);
        var (response, failure) = await Once(token, call);
        if (token.Failure is not null || failure?.Kind != FailureKind.ReauthRequired) return (response, failure);

        // The token was revoked, or the clocks differ. Repeating is safe: a request answered with 401 was not carried out.
        return await Once(await use.Tokens.Get(token.Version, ct), call);
    }

    private static async Task<(T?, ConnectorResult.Failed?)> Once<T>(AccessToken token, Func<Secret, Task<(T?, ConnectorResult.Failed?)>> call)
    {
        if (token.Failure is not null) return (default, token.Failure);
        var (response, failure) = await call(token.Token);
        return failure is null ? (response, null) : (default, SecretMasking.Mask(failure, token.Token));
    }
}
