using Connections.Connectors.OAuth;

namespace Activities.Worker;

/// <summary>The access tokens of an attempt, remembering which of them it got last.</summary>
internal sealed class UsedTokens(IAccessTokens all) : IAccessTokens
{
    /// <summary>The version; null while it got none.</summary>
    public int? Last { get; private set; }

    public async Task<AccessToken> Get(int? refused, CancellationToken ct)
    {
        var token = await all.Get(refused, ct);
        if (token.Failure is null) Last = token.Version;
        return token;
    }
}
