using System.Collections.Concurrent;
using Connections.Credentials.Vault;
using Connections.Domain;
using Connections.Domain.Token;
using EventSourcing;

namespace Connections.Credentials.Tokens;

/// <summary>
/// Ends the tokens of a deleted connection: none is renewed any more, and the newest is revoked where that ends it alone. A refresh under
/// way is waited for, since it may bring a newer one; one whose owner is not heard of for a minute is given up.
/// </summary>
public sealed class TokenClosing(TokenStreams tokens, IVault vault, IGrantProvider provider, TimeProvider clock)
{
    // a provider that does not answer holds up the deletes behind this one
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<(string Workspace, Guid Connection), RefreshWait> waiting = new();

    /// <summary>Somebody wanted to close them, and a refresh was under way.</summary>
    public bool Waits(string workspace, Guid connection) => waiting.ContainsKey((workspace, connection));

    /// <returns>Whether the provider was told: <c>yes</c>, <c>no</c>, <c>notSupported</c>; null: a refresh is under way, try again.</returns>
    public async Task<string?> Close(GrantReference of, EventMetadata metadata, CancellationToken ct)
    {
        var stream = TokenDecider.Stream(of.Workspace, of.Connection);
        var now = await tokens.Load(stream, ct);
        var left = now.State.In(of.CredentialVersion).Open;
        if (now.State.Open is { } open)
        {
            if (!waiting.GetOrAdd((of.Workspace, of.Connection), _ => new RefreshWait(clock)).TooLongFor(open)) return null;
            if (!await GiveUp(now, open, metadata, ct)) return null;
        }

        var closed = (await tokens.Handle(stream, new CloseTokens(), metadata, ct)).State;
        if (!closed.Closed) return null; // another refresh has begun
        waiting.TryRemove((of.Workspace, of.Connection), out _);
        return await Revoke(of, [left?.Entry, closed.In(of.CredentialVersion).Entry, of.Entry], ct);
    }

    private async Task<bool> GiveUp(Loaded<TokenState> now, OpenRefresh open, EventMetadata metadata, CancellationToken ct)
    {
        try
        {
            var mine = $"t-{Guid.NewGuid():n}";
            var taken = await tokens.Append(
                now, new TakeOverRefresh(open.CredentialVersion, open.TokenVersion, open.Entry, mine), metadata, ct);
            await tokens.Append(taken, new LoseRefresh(mine), metadata, ct);
            return true;
        }
        catch (StreamConflictException)
        {
            return false; // its owner was heard of after all
        }
    }

    private async Task<string> Revoke(GrantReference of, IEnumerable<string?> entries, CancellationToken ct)
    {
        foreach (var entry in entries.OfType<string>())
        {
            if (await vault.Get(of.Workspace, of.Connection, entry, ct) is not { } secret) continue;
            using var limit = new CancellationTokenSource(Limit, clock);
            using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, ct);
            return await provider.Revoke(of, new Grant(secret), both.Token) switch
            {
                true => "yes",
                false => "no",
                null => "notSupported"
            };
        }

        return "no"; // destroyed by somebody who did not come to say how it went
    }
}
