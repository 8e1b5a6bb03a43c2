using Connections.Connectors.OAuth;
using Connections.Domain.Token;

namespace Files.Tests.Activities;

/// <summary>Access tokens of a sign-in: the next one when the newest was refused.</summary>
internal sealed class HandedTokens : IAccessTokens
{
    private int newest;

    public Task<AccessToken> Get(int? refused, CancellationToken ct)
    {
        if (refused == newest) newest++;
        return Task.FromResult(AccessToken.From(
            newest, Grant.Create($"canary-t{newest}", null, DateTimeOffset.MaxValue, TimeSpan.FromHours(1), null)));
    }
}
