using System.Collections.Concurrent;
using Connections.Domain;
using Connections.Domain.Token;

namespace Connections.Credentials.Tokens;

/// <summary>A token that can be sent now; or why there is none.</summary>
/// <param name="RetryAfter">When to ask again, where the provider said so.</param>
public sealed record TokenResult(
    int Version, Grant? Grant, FailureKind Kind = FailureKind.Internal, string Message = "", TimeSpan? RetryAfter = null)
{
    /// <summary>Why it was not renewed although it nears its end; null where it was, or does not.</summary>
    public TokenResult? Failure { get; init; }

    public static TokenResult None(FailureKind kind, string message, TimeSpan? retryAfter = null) => new(0, null, kind, message, retryAfter);
}

/// <summary>
/// The newest tokens of connections. In one process one caller looks, and all that need the same token wait for what it finds, unless the
/// one before is still good; what was found is kept until it nears its end, so that a busy connection reads neither log nor vault.
/// </summary>
public sealed class TokenProvider(TokenRefresh refresh, TimeProvider clock) : IAsyncDisposable, IDisposable
{
    private const int MaxEntries = 10_000;

    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(1);

    /// <summary>For who renews a token that is still good: then it serves itself.</summary>
    private static readonly TimeSpan RenewalHeadStart = TimeSpan.FromSeconds(2);

    private readonly ConcurrentDictionary<Key, Kept> kept = new();
    private readonly ConcurrentDictionary<Key, Search> underWay = new();
    private readonly ConcurrentDictionary<Key, Pause> pauses = new();
    private readonly CancellationTokenSource stopping = new();

    private readonly record struct Key(string Workspace, Guid Connection, int CredentialVersion);

    private sealed record Kept(TokenResult Found, DateTimeOffset Until);

    private sealed record Pause(TokenResult Failure, int Times, DateTimeOffset Until);

    /// <param name="refused">A version that the provider refused though it had not ended; null: none was.</param>
    /// <param name="again">A person asks: a grant that was refused may be tried once more.</param>
    public async Task<TokenResult> Get(GrantReference of, int? refused, bool again, CancellationToken ct)
    {
        var key = new Key(of.Workspace, of.Connection, of.CredentialVersion);
        while (true)
        {
            if (kept.TryGetValue(key, out var known) && known.Until > clock.GetUtcNow() && known.Found.Version != refused) return known.Found;
            var mine = new Search(meanwhile => Find(key, of, refused, again, meanwhile));
            var search = underWay.GetOrAdd(key, mine);
            // who met a refusal and sends another that ends on its way would find the grant dead that is not: that one waits
            var looking = refused is not null ? search.Whole : search == mine ? search.Newest(RenewalHeadStart, clock) : search.Good;
            // the work goes on when its caller has gone: a token that was asked for is kept for the next
            var found = await looking.WaitAsync(ct);
            if (search == mine || found.Grant is null || found.Version != refused) return found;
        }
    }

    /// <summary>Who only waits is told to stop; what a provider was asked for is waited for, since its answer would be lost.</summary>
    public async ValueTask DisposeAsync()
    {
        Dispose();
        await Task.WhenAll(underWay.Values.Select(s => (Task)s.Whole)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public void Dispose() => stopping.Cancel();

    private async Task<TokenResult> Find(Key key, GrantReference of, int? refused, bool again, Action<TokenResult> meanwhile)
    {
        try
        {
            var held = pauses.TryGetValue(key, out var pause) && pause.Until > clock.GetUtcNow() && !again ? Left(pause) : null;
            var found = await refresh.Find(of, refused, again, held, meanwhile, stopping.Token);
            Remember(key, found, held);
            return found;
        }
        finally
        {
            underWay.TryRemove(key, out _);
        }
    }

    private TokenResult Left(Pause pause) =>
        pause.Failure.RetryAfter is null ? pause.Failure : pause.Failure with { RetryAfter = pause.Until - clock.GetUtcNow() };

    private void Remember(Key key, TokenResult found, TokenResult? held)
    {
        var failure = found.Grant is null ? found : found.Failure;
        if (failure is null) pauses.TryRemove(key, out _);
        else if (held is null && failure.Kind is not FailureKind.ReauthRequired) pauses[key] = Longer(key, failure);
        if (found.Grant is not { } grant) return;
        if (kept.Count > MaxEntries) Forget();
        var until = grant.ExpiresAt - TokenTimes.Margin(grant.Lifetime, Random.Shared.NextDouble());
        if (failure is not null && pauses.TryGetValue(key, out var pause))
            until = pause.Until < TokenTimes.UsableUntil(grant) ? pause.Until : TokenTimes.UsableUntil(grant);
        kept[key] = new Kept(found, until);
    }

    // however many activities ask: a provider that fails is asked after 1, 2, 4 … 60 s, and not before it wants to be
    private Pause Longer(Key key, TokenResult failure)
    {
        var times = pauses.TryGetValue(key, out var before) ? before.Times + 1 : 0;
        var wait = TimeSpan.FromSeconds(Math.Pow(2, Math.Min(times, 6)));
        if (wait > LongestPause) wait = LongestPause;
        return new Pause(failure, times, clock.GetUtcNow() + (failure.RetryAfter > wait ? failure.RetryAfter.Value : wait));
    }

    private void Forget()
    {
        foreach (var (key, found) in kept)
            if (found.Until <= clock.GetUtcNow()) kept.TryRemove(key, out _);
        foreach (var (key, pause) in pauses)
            if (pause.Until + LongestPause <= clock.GetUtcNow()) pauses.TryRemove(key, out _);
    }

    /// <summary>One caller looks; begun when it is first waited for.</summary>
    private sealed class Search
    {
        private readonly TaskCompletionSource<TokenResult> good = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly Lazy<Task<TokenResult>> whole;

        public Search(Func<Action<TokenResult>, Task<TokenResult>> look) =>
            whole = new(() => Task.Run(() => look(found => good.TrySetResult(found)), CancellationToken.None));

        public Task<TokenResult> Whole => whole.Value;

        /// <summary>The token that is renewed, where it still serves; else what is found in the end.</summary>
        public Task<TokenResult> Good => Task.WhenAny(good.Task, Whole).Unwrap();

        /// <summary>What is found in the end; or, when that takes longer, the token that still serves.</summary>
        public async Task<TokenResult> Newest(TimeSpan courtesy, TimeProvider clock)
        {
            var serves = await Good;
            return await Task.WhenAny(Whole, Task.Delay(courtesy, clock)) == Whole ? await Whole : serves;
        }
    }
}
