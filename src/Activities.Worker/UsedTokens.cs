using Connections.Connectors.OAuth;

namespace Activities.Worker;

/// <summary>Provides the access tokens of an attempt, and remembers the last one.</summary>
internal sealed class UsedTokens(IAccessTokens all) : IAccessTokens
{
    /// <summary>The version of the last token; null when there was none.</summary>
    public int? Last { get; private set; }

    public async Task<AccessToken> Get(int? refused, CancellationToken ct)
    {
        var token = await all.Get(refused, ct);
        if (token.Failure is null) Last = token.Version;
        return token;
    }
}
