using System.Collections.Concurrent;
using Connections.Credentials.Vault;
using Connections.Domain;
using Connections.Domain.Token;
using EventSourcing;
using Microsoft.Extensions.Logging;

namespace Connections.Credentials.Tokens;

/// <summary>
/// Finds the newest tokens of a connection, and refreshes them when they near their end. The token stream is the lock: the host that
/// appends the start calls the provider; all others wait for the outcome.
/// </summary>
public sealed class TokenRefresh(
    TokenStreams tokens, IVault vault, IGrantProvider provider, RefreshOwner owner, TimeProvider clock, ILogger<TokenRefresh> log)
{
    private const int MaxEntries = 10_000;

    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(200);

    private readonly ConcurrentDictionary<GrantReference, RefreshWait> seen = new();

    /// <param name="held">The failure to return instead of calling a provider that has just failed; null: the provider may be
    /// called.</param>
    /// <param name="meanwhile">Called with a token that nears its end and is valid during the refresh.</param>
    public async Task<TokenResult> Find(
        GrantReference reference, int? refused, bool again, TokenResult? held, Action<TokenResult> meanwhile, CancellationToken ct)
    {
        while (true)
        {
            var loaded = await tokens.Load(reference.Connection.Token, ct);
            if (loaded.State.Closed) return TokenResult.None(FailureKind.ConnectionDeleted, "The connection was deleted.");
            if (loaded.State.CredentialVersion > reference.CredentialVersion)
                return TokenResult.None(FailureKind.ReauthRequired, "The connection was reconnected meanwhile.");

            var now = loaded.State.In(reference.CredentialVersion);
            if (now.Over is { } over && (now.Lost || !again)) return TokenResult.None(FailureKind.ReauthRequired, over);
            if (await vault.Get(reference.Connection, now.Entry ?? reference.Entry, ct) is not { } secret)
                return TokenResult.None(FailureKind.ReauthRequired, "vault-older-than-log");

            var abandoned = Abandoned(reference, now.Open);
            var newest = new TokenResult(now.TokenVersion, new Grant(secret));
            var usable = TokenTimes.Usable(newest.Grant!, clock.GetUtcNow()) && now.TokenVersion != refused;
            if (usable && !NearEnd(newest.Grant!)) return newest;
            if (newest.Grant!.RefreshToken is null)
            {
                return usable ? newest : TokenResult.None(
                    FailureKind.ReauthRequired, "The access token has expired, and the provider issued no refresh token.");
            }

            if (now.Open is not null && !abandoned)
            {
                if (usable && refused is null) return newest; // another host refreshes it; this one is still valid
                await Task.Delay(PollInterval, clock, ct);
                continue;
            }

            if (usable) meanwhile(newest);
            var found = now.Open is not null
                ? await TakeOver(loaded, now.Open, reference, newest)
                : held ?? await Start(loaded, now, reference, newest, again);
            if (found is not null) return found.Grant is null && usable ? newest with { Failure = found } : found;
        }
    }

    // Counted also while the token is valid: a caller that then needs the next one has waited already.
    private bool Abandoned(GrantReference reference, OpenRefresh? open)
    {
        if (open is null)
        {
            seen.TryRemove(reference, out _);
            return false;
        }

        if (seen.Count > MaxEntries) seen.Clear(); // the waits start again
        return seen.GetOrAdd(reference, _ => new RefreshWait(clock)).TooLongFor(open);
    }

    private bool NearEnd(Grant grant) =>
        grant.ExpiresAt - TokenTimes.Margin(grant.Lifetime, Random.Shared.NextDouble()) <= clock.GetUtcNow();

    private async Task<TokenResult?> Start(
        Loaded<TokenState> loaded, TokenState now, GrantReference reference, TokenResult newest, bool again)
    {
        var began = clock.GetTimestamp();
        var entry = Entry();
        var start = new StartRefresh(reference.CredentialVersion, now.TokenVersion + 1, entry, again);
        return await Begin(loaded, start, reference) is { } started
            ? await owner.Call(started, reference, newest.Grant!, entry, began)
            : null;
    }

    private async Task<TokenResult?> TakeOver(Loaded<TokenState> loaded, OpenRefresh open, GrantReference reference, TokenResult newest)
    {
        var began = clock.GetTimestamp();
        var entry = Entry();
        var takeOver = new TakeOverRefresh(reference.CredentialVersion, open.TokenVersion, open.Entry, entry);
        if (await Begin(loaded, takeOver, reference) is not { } started) return null;
        log.LogWarning(
            "The refresh of connection {Connection} of {Workspace} is taken over: its owner did not report in time",
            reference.Connection.Value, reference.Connection.Workspace);
        if (await FindResponse(reference, open) is { } response)
            return await owner.Complete(started, reference, response.Response, newest.Grant!, entry, began);
        if (!provider.SingleUse(reference.Connector)) return await owner.Call(started, reference, newest.Grant!, entry, began);
        var lost = await owner.Lose(started, reference, entry);
        // A late owner stores its response before it checks for a take-over. So one of the two always sees the other.
        if (await FindResponse(reference, open) is { } late) await owner.Repair(reference, late.Entry);
        return lost;
    }

    private async Task<(string Entry, Grant Response)?> FindResponse(GrantReference reference, OpenRefresh open)
    {
        foreach (var former in new[] { open.Entry }.Concat(open.Formers.Reverse()))
            if (await vault.Get(reference.Connection, former, CancellationToken.None) is { } response)
                return (former, new Grant(response));
        return null;
    }

    // Not cancelled from here on: the provider's response must be recorded.
    private async Task<Loaded<TokenState>?> Begin(Loaded<TokenState> loaded, TokenCommand command, GrantReference reference)
    {
        try
        {
            var started = await tokens.Append(loaded, command, RefreshOwner.Metadata(reference), CancellationToken.None);
            return started.Position is null ? null : started;
        }
        catch (StreamConflictException)
        {
            return null; // another writer was faster: the next load shows its event
        }
    }

    private static string Entry() => $"t-{Guid.NewGuid():n}";
}

/// <summary>The time for which one refresh has been waited for, by this host's clock, since this host first saw it.</summary>
internal sealed class RefreshWait(TimeProvider clock)
{
    private string? entry;
    private long since;

    public bool TooLongFor(OpenRefresh open)
    {
        if (entry != open.Entry) (entry, since) = (open.Entry, clock.GetTimestamp());
        return clock.GetElapsedTime(since) >= TokenTimes.TakeOverAfter;
    }
}
