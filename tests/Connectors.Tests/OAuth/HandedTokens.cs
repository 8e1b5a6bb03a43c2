using System.Collections.Concurrent;
using Connections.Connectors;
using Connections.Connectors.OAuth;
using Connections.Domain;
using Connections.Domain.Token;

namespace Connectors.Tests.OAuth;

/// <summary>Returns the given tokens in order: the next one when the newest was refused.</summary>
public sealed class HandedTokens(params string[] tokens) : IAccessTokens
{
    private int given;

    public ConcurrentQueue<int?> Requested { get; } = new();

    /// <summary>The values that the sign-in kept.</summary>
    public IReadOnlyDictionary<string, string> Kept { get; init; } = new Dictionary<string, string>();

    public Task<AccessToken> Get(int? refused, CancellationToken ct)
    {
        Requested.Enqueue(refused);
        if (refused == given) given++;
        var version = given;
        return Task.FromResult(version < tokens.Length
            ? AccessToken.From(version, Grant.Create(tokens[version], null, DateTimeOffset.MaxValue, TimeSpan.FromHours(1), null, Kept))
            : AccessToken.None(new ConnectorResult.Failed(FailureKind.Throttled, "Later.", Delivered.No, Answered: true)));
    }
}
