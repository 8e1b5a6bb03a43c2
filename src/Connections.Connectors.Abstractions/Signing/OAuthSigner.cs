using Connections.Connectors.Masking;
using Connections.Connectors.OAuth;
using Connections.Domain;

namespace Connections.Connectors.Signing;

/// <summary>Sends the access token of a sign-in. A token that the provider rejects before it expires is refreshed once.</summary>
/// <param name="tokens">Null if nobody has signed in.</param>
/// <param name="scheme">The word before the token.</param>
public sealed class OAuthSigner(IAccessTokens? tokens, string scheme = "Bearer") : IRequestSigner
{
    private readonly List<SentSecret> sent = [];
    private AccessToken? token;
    private bool renewed;

    public SecretMask Mask { get; private set; } = SecretMask.None;

    public string Header => "Authorization";

    /// <summary>The values that the sign-in kept; empty before <see cref="Prepare"/>.</summary>
    public IReadOnlyDictionary<string, string> Kept => token?.Kept ?? new Dictionary<string, string>();

    /// <summary>The access token, for protocols without headers; empty before <see cref="Prepare"/>.</summary>
    public string Token => token?.Token.Field("token") ?? "";

    public void Sign(HttpRequestMessage request)
    {
        request.Headers.Remove(Header);
        request.Headers.TryAddWithoutValidation(Header, $"{scheme} {Token}");
    }

    public Task<ConnectorResult.Failed?> Prepare(CancellationToken ct) => Use(null, ct);

    public async Task<ConnectorResult.Failed?> Renew(ConnectorResult.Failed rejection, CancellationToken ct)
    {
        if (renewed) return rejection;
        renewed = true;
        return await Use(token!.Version, ct);
    }

    private async Task<ConnectorResult.Failed?> Use(int? refused, CancellationToken ct)
    {
        if (tokens is null)
        {
            return new ConnectorResult.Failed(
                FailureKind.InvalidInput, "No sign-in exists for this connection: start one with POST /api/connections.", Delivered.No,
                Answered: true);
        }

        token = await tokens.Get(refused, ct);
        if (token.Failure is not null) return token.Failure;
        sent.Add(new SentSecret(Token, $"{scheme} "));
        Mask = new SecretMask(sent);
        return null;
    }
}
