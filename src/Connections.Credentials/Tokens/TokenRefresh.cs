using System.Collections.Concurrent;
using Connections.Credentials.Vault;
using Connections.Domain;
using Connections.Domain.Token;
using EventSourcing;
using Microsoft.Extensions.Logging;

namespace Connections.Credentials.Tokens;

/// <summary>
/// Finds the newest tokens of a connection, and renews them when they near their end. The token stream is the lock: who appends the start
/// asks the provider, everybody else waits for what comes of it.
/// </summary>
public sealed class TokenRefresh(
    TokenStreams tokens, IVault vault, IGrantProvider provider, RefreshOwner owner, TimeProvider clock, ILogger<TokenRefresh> log)
{
    private const int MaxEntries = 10_000;

    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(200);

    private readonly ConcurrentDictionary<GrantReference, RefreshWait> seen = new();

    /// <param name="held">The failure to answer with, instead of asking a provider that has just failed; null: it may be asked.</param>
    /// <param name="meanwhile">Told of a token that nears its end and is good while it is renewed.</param>
    public async Task<TokenResult> Find(
        GrantReference of, int? refused, bool again, TokenResult? held, Action<TokenResult> meanwhile, CancellationToken ct)
    {
        while (true)
        {
            var loaded = await tokens.Load(TokenDecider.Stream(of.Workspace, of.Connection), ct);
            if (loaded.State.Closed) return TokenResult.None(FailureKind.ConnectionDeleted, "The connection was deleted.");
            if (loaded.State.CredentialVersion > of.CredentialVersion)
                return TokenResult.None(FailureKind.ReauthRequired, "Somebody has signed in anew meanwhile.");

            var now = loaded.State.In(of.CredentialVersion);
            if (now.Over is { } over && (now.Lost || !again)) return TokenResult.None(FailureKind.ReauthRequired, over);
            if (await vault.Get(of.Workspace, of.Connection, now.Entry ?? of.Entry, ct) is not { } secret)
                return TokenResult.None(FailureKind.ReauthRequired, "vault-older-than-log");

            var abandoned = Abandoned(of, now.Open);
            var newest = new TokenResult(now.TokenVersion, new Grant(secret));
            var usable = TokenTimes.Usable(newest.Grant!, clock.GetUtcNow()) && now.TokenVersion != refused;
            if (usable && !NearEnd(newest.Grant!)) return newest;
            if (newest.Grant!.RefreshToken is null)
            {
                return usable ? newest : TokenResult.None(
                    FailureKind.ReauthRequired, "The access token has ended, and the provider gave none to renew it with.");
            }

            if (now.Open is not null && !abandoned)
            {
                if (usable && refused is null) return newest; // somebody renews it; this one is good meanwhile
                await Task.Delay(PollInterval, clock, ct);
                continue;
            }

            if (usable) meanwhile(newest);
            var found = now.Open is not null ? await TakeOver(loaded, now.Open, of, newest) : held ?? await Start(loaded, now, of, newest, again);
            if (found is not null) return found.Grant is null && usable ? newest with { Failure = found } : found;
        }
    }

    // counted also while the token serves: who then needs the next one has waited already
    private bool Abandoned(GrantReference of, OpenRefresh? open)
    {
        if (open is null)
        {
            seen.TryRemove(of, out _);
            return false;
        }

        if (seen.Count > MaxEntries) seen.Clear(); // they are waited for anew
        return seen.GetOrAdd(of, _ => new RefreshWait(clock)).TooLongFor(open);
    }

    private bool NearEnd(Grant grant) =>
        grant.ExpiresAt - TokenTimes.Margin(grant.Lifetime, Random.Shared.NextDouble()) <= clock.GetUtcNow();

    private async Task<TokenResult?> Start(
        Loaded<TokenState> loaded, TokenState now, GrantReference of, TokenResult newest, bool again)
    {
        var began = clock.GetTimestamp();
        var entry = Entry();
        var start = new StartRefresh(of.CredentialVersion, now.TokenVersion + 1, entry, again);
        return await Begin(loaded, start, of) is { } started ? await owner.Call(started, of, newest.Grant!, entry, began) : null;
    }

    private async Task<TokenResult?> TakeOver(Loaded<TokenState> loaded, OpenRefresh open, GrantReference of, TokenResult newest)
    {
        var began = clock.GetTimestamp();
        var entry = Entry();
        var takeOver = new TakeOverRefresh(of.CredentialVersion, open.TokenVersion, open.Entry, entry);
        if (await Begin(loaded, takeOver, of) is not { } started) return null;
        log.LogWarning("The refresh of connection {Connection} of {Workspace} is taken over: its owner was not heard of", of.Connection, of.Workspace);
        if (await Left(of, open) is { } left) return await owner.Complete(started, of, left.Answer, newest.Grant!, entry, began);
        if (!provider.SingleUse(of.Connector)) return await owner.Call(started, of, newest.Grant!, entry, began);
        var lost = await owner.Lose(started, of, entry);
        // of two that pass each other one sees the other: a late owner puts its answer before it looks whether it was given up
        if (await Left(of, open) is { } late) await owner.Repair(of, late.Entry);
        return lost;
    }

    private async Task<(string Entry, Grant Answer)?> Left(GrantReference of, OpenRefresh open)
    {
        foreach (var former in new[] { open.Entry }.Concat(open.Formers.Reverse()))
            if (await vault.Get(of.Workspace, of.Connection, former, CancellationToken.None) is { } answer) return (former, new Grant(answer));
        return null;
    }

    // from here on nobody is cancelled: what the provider gives, or was sent, is told
    private async Task<Loaded<TokenState>?> Begin(Loaded<TokenState> loaded, TokenCommand command, GrantReference of)
    {
        try
        {
            var started = await tokens.Append(loaded, command, RefreshOwner.Metadata(of), CancellationToken.None);
            return started.Position is null ? null : started;
        }
        catch (StreamConflictException)
        {
            return null; // somebody was faster: what they do is seen next
        }
    }

    private static string Entry() => $"t-{Guid.NewGuid():n}";
}

/// <summary>How long one refresh has been waited for, by our own clock, from when it was first seen.</summary>
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
