using System.Collections.Concurrent;
using Connections.Domain;
using Connections.Domain.Token;
using EventSourcing;

namespace Connections.Credentials.Tokens;

/// <summary>A usable token, or the reason why there is none.</summary>
/// <param name="RetryAfter">The delay before a retry, if the provider sent one.</param>
public sealed record TokenResult(
    int Version, Grant? Grant, FailureKind Kind = FailureKind.Internal, string Message = "", TimeSpan? RetryAfter = null)
{
    /// <summary>The failure of a refresh of a token that is still valid; null if there was none.</summary>
    public TokenResult? Failure { get; init; }

    /// <summary>The message in our own words, for events; null if the message quotes nobody.</summary>
    public string? OwnWords { get; init; }

    public static TokenResult None(FailureKind kind, string message, TimeSpan? retryAfter = null) => new(0, null, kind, message, retryAfter);
}

/// <summary>
/// Provides the newest tokens of connections. In one process one caller searches, and all others that need the same token wait for the
/// result, unless the previous token is still valid. Results are cached until the token nears its end, so that a busy connection reads
/// neither log nor vault.
/// </summary>
public sealed class TokenProvider(TokenRefresh refresh, TimeProvider clock) : IAsyncDisposable, IDisposable
{
    private const int MaxEntries = 10_000;

    private static readonly BackoffCurve Pauses = new(TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(1));

    /// <summary>The time that the caller that refreshes a still valid token waits for the new one, before it uses the old one.</summary>
    private static readonly TimeSpan RefreshGraceTime = TimeSpan.FromSeconds(2);

    private readonly ConcurrentDictionary<Key, CachedToken> cached = new();
    private readonly ConcurrentDictionary<Key, Search> underWay = new();
    private readonly ConcurrentDictionary<Key, Pause> pauses = new();
    private readonly CancellationTokenSource stopping = new();

    private readonly record struct Key(ConnectionId Connection, int CredentialVersion);

    private sealed record CachedToken(TokenResult Found, DateTimeOffset Until);

    private sealed record Pause(TokenResult Failure, int Times, DateTimeOffset Until);

    /// <param name="refused">A version that the provider rejected before its end; null if there is none.</param>
    /// <param name="again">A person requests it: a grant that the provider rejected may be tried once more.</param>
    public async Task<TokenResult> Get(GrantReference reference, int? refused, bool again, CancellationToken ct)
    {
        var key = new Key(reference.Connection, reference.CredentialVersion);
        while (true)
        {
            if (cached.TryGetValue(key, out var hit) && hit.Until > clock.GetUtcNow() && hit.Found.Version != refused) return hit.Found;
            var mine = new Search(meanwhile => Find(key, reference, refused, again, meanwhile));
            var search = underWay.GetOrAdd(key, mine);
            // A caller whose token was rejected waits for the new one: retrying with a token that expires in flight would look like a
            // revoked grant.
            var result = refused is not null ? search.Whole : search == mine ? search.Newest(RefreshGraceTime, clock) : search.Good;
            // The search continues if the caller is cancelled: its result is cached for the next caller.
            var found = await result.WaitAsync(ct);
            if (search == mine || found.Grant is null || found.Version != refused) return found;
        }
    }

    /// <summary>Cancels waiting searches, but waits for running provider calls, whose responses would be lost.</summary>
    public async ValueTask DisposeAsync()
    {
        Dispose();
        await Task.WhenAll(underWay.Values.Select(s => (Task)s.Whole)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public void Dispose() => stopping.Cancel();

    private async Task<TokenResult> Find(Key key, GrantReference reference, int? refused, bool again, Action<TokenResult> meanwhile)
    {
        try
        {
            var paused = pauses.TryGetValue(key, out var pause) && pause.Until > clock.GetUtcNow() && !again
                ? WithRemainingDelay(pause)
                : null;
            var found = await refresh.Find(reference, refused, again, paused, meanwhile, stopping.Token);
            Remember(key, found, paused);
            return found;
        }
        finally
        {
            underWay.TryRemove(key, out _);
        }
    }

    private TokenResult WithRemainingDelay(Pause pause) =>
        pause.Failure.RetryAfter is null ? pause.Failure : pause.Failure with { RetryAfter = pause.Until - clock.GetUtcNow() };

    private void Remember(Key key, TokenResult found, TokenResult? paused)
    {
        var failure = found.Grant is null ? found : found.Failure;
        if (failure is null) pauses.TryRemove(key, out _);
        else if (paused is null && failure.Kind is not FailureKind.ReauthRequired) pauses[key] = NextPause(key, failure);
        if (found.Grant is not { } grant) return;
        if (cached.Count > MaxEntries) Forget();
        var until = grant.ExpiresAt - TokenTimes.Margin(grant.Lifetime, Random.Shared.NextDouble());
        if (failure is not null && pauses.TryGetValue(key, out var pause))
            until = pause.Until < TokenTimes.UsableUntil(grant) ? pause.Until : TokenTimes.UsableUntil(grant);
        cached[key] = new CachedToken(found, until);
    }

    // A failing provider is called again after 1, 2, 4 … 60 s at the earliest, or later if it asks for that, however many activities need
    // it.
    private Pause NextPause(Key key, TokenResult failure)
    {
        var times = pauses.TryGetValue(key, out var before) ? before.Times + 1 : 1;
        var wait = Pauses.After(times);
        return new Pause(failure, times, clock.GetUtcNow() + (failure.RetryAfter > wait ? failure.RetryAfter.Value : wait));
    }

    private void Forget()
    {
        foreach (var (key, found) in cached)
            if (found.Until <= clock.GetUtcNow()) cached.TryRemove(key, out _);
        foreach (var (key, pause) in pauses)
            if (pause.Until + Pauses.Max <= clock.GetUtcNow()) pauses.TryRemove(key, out _);
    }

    /// <summary>A search that several callers share. The search starts when the first caller awaits it.</summary>
    private sealed class Search
    {
        private readonly TaskCompletionSource<TokenResult> good = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly Lazy<Task<TokenResult>> whole;

        public Search(Func<Action<TokenResult>, Task<TokenResult>> find) =>
            whole = new(() => Task.Run(() => find(found => good.TrySetResult(found)), CancellationToken.None));

        public Task<TokenResult> Whole => whole.Value;

        /// <summary>The old token if it is still valid, else the final result.</summary>
        public Task<TokenResult> Good => Task.WhenAny(good.Task, Whole).Unwrap();

        /// <summary>The final result; if that takes longer than the grace time, the token that is still valid.</summary>
        public async Task<TokenResult> Newest(TimeSpan graceTime, TimeProvider clock)
        {
            var usable = await Good;
            return await Task.WhenAny(Whole, Task.Delay(graceTime, clock)) == Whole ? await Whole : usable;
        }
    }
}
