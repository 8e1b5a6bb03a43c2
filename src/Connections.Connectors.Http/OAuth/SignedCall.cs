using Connections.Connectors.Pipeline;
using Connections.Domain;

namespace Connections.Connectors.OAuth;

/// <summary>Calls a provider with the connection's access token; a token that is refused although it had not ended is renewed, once.</summary>
internal static class SignedCall
{
    /// <param name="call">Gets the token's secret, with the field <c>token</c>.</param>
    public static async Task<(T? Answer, ConnectorResult.Failed? Failure)> Send<T>(
        ConnectionUse use, Func<Secret, Task<(T?, ConnectorResult.Failed?)>> call, CancellationToken ct)
    {
        if (use.Tokens is null)
            return (default, new(FailureKind.InvalidInput, "Nobody has signed in: POST /api/connections answers where to.", Delivered.No, Answered: true));
        var token = await use.Tokens.Get(null, ct);
        var (answer, failure) = await Once(token, call);
        if (token.Failure is not null || failure?.Kind != FailureKind.ReauthRequired) return (answer, failure);

        // revoked, or the provider's clock is another. A 401 is surely not carried out.
        return await Once(await use.Tokens.Get(token.Version, ct), call);
    }

    private static async Task<(T?, ConnectorResult.Failed?)> Once<T>(AccessToken token, Func<Secret, Task<(T?, ConnectorResult.Failed?)>> call)
    {
        if (token.Failure is not null) return (default, token.Failure);
        var (answer, failure) = await call(token.Token);
        return failure is null ? (answer, null) : (default, SecretMasking.Mask(failure, token.Token));
    }
}
