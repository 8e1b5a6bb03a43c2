using System.Collections.Concurrent;
using Connections.Credentials.Vault;
using Connections.Domain;
using Connections.Domain.Token;
using EventSourcing;

namespace Connections.Credentials.Tokens;

/// <summary>
/// Ends the tokens of a deleted connection: no further refresh starts, and the newest token is revoked if that ends only this grant. An
/// open refresh is waited for, because it may bring newer tokens. If its owner does not report for a minute, the refresh is abandoned.
/// </summary>
public sealed class TokenClosing(TokenStreams tokens, IVault vault, IGrantProvider provider, TimeProvider clock)
{
    // A provider that does not respond would delay the deletions queued behind this one.
    private static readonly TimeSpan RevokeTimeout = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<ConnectionId, RefreshWait> waiting = new();

    /// <summary>True if a close waits for an open refresh.</summary>
    public bool Waits(ConnectionId connection) => waiting.ContainsKey(connection);

    /// <returns>The result of the revocation: <c>yes</c>, <c>no</c>, <c>notSupported</c>; null: a refresh is open, try again.</returns>
    public async Task<string?> Close(GrantReference reference, EventMetadata metadata, CancellationToken ct)
    {
        var stream = reference.Connection.Token;
        var now = await tokens.Load(stream, ct);
        var openBefore = now.State.In(reference.CredentialVersion).Open;
        if (now.State.Open is { } open)
        {
            if (!waiting.GetOrAdd(reference.Connection, _ => new RefreshWait(clock)).TooLongFor(open)) return null;
            if (!await Abandon(now, open, metadata, ct)) return null;
        }

        var closed = (await tokens.Handle(stream, new CloseTokens(), metadata, ct)).State;
        if (!closed.Closed) return null; // another refresh has begun
        waiting.TryRemove(reference.Connection, out _);
        return await Revoke(reference, [openBefore?.Entry, closed.In(reference.CredentialVersion).Entry, reference.Entry], ct);
    }

    private async Task<bool> Abandon(Loaded<TokenState> now, OpenRefresh open, EventMetadata metadata, CancellationToken ct)
    {
        try
        {
            var entry = $"t-{Guid.NewGuid():n}";
            var taken = await tokens.Append(
                now, new TakeOverRefresh(open.CredentialVersion, open.TokenVersion, open.Entry, entry), metadata, ct);
            await tokens.Append(taken, new LoseRefresh(entry), metadata, ct);
            return true;
        }
        catch (StreamConflictException)
        {
            return false; // the owner reported after all
        }
    }

    private async Task<string> Revoke(GrantReference reference, IEnumerable<string?> entries, CancellationToken ct)
    {
        foreach (var entry in entries.OfType<string>())
        {
            if (await vault.Get(reference.Connection, entry, ct) is not { } secret) continue;
            using var timeout = new CancellationTokenSource(RevokeTimeout, clock);
            using var linked = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, ct);
            return await provider.Revoke(reference, new Grant(secret), linked.Token) switch
            {
                true => "yes",
                false => "no",
                null => "notSupported"
            };
        }

        return "no"; // an earlier attempt destroyed the secrets and recorded no result
    }
}
