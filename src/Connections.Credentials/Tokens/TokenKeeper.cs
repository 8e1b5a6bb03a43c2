using System.Collections.Concurrent;
using Connections.Domain;

namespace Connections.Credentials;

/// <summary>A token that can be sent now; or why there is none.</summary>
public sealed record TokenFound(int Version, Grant? Grant, FailureKind Kind = FailureKind.Internal, string Message = "")
{
    public static TokenFound None(FailureKind kind, string message) => new(0, null, kind, message);
}

/// <summary>
/// The newest tokens of connections. In one process one caller looks, and all that need the same token wait for what it finds; what was
/// found is kept until it nears its end, so that a busy connection reads neither log nor vault.
/// </summary>
public sealed class TokenKeeper(TokenRefresh refresh, TimeProvider clock)
{
    private const int Enough = 10_000;

    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<Key, Kept> kept = new();
    private readonly ConcurrentDictionary<Key, Lazy<Task<TokenFound>>> underWay = new();
    private readonly ConcurrentDictionary<Key, Pause> pauses = new();

    private readonly record struct Key(string Workspace, Guid Connection, int CredentialVersion);

    private sealed record Kept(TokenFound Found, DateTimeOffset Until);

    private sealed record Pause(TokenFound Failure, int Times, DateTimeOffset Until);

    /// <param name="refused">A version that the provider refused though it had not ended; null: none was.</param>
    /// <param name="again">A person asks: a grant that was refused may be tried once more.</param>
    public async Task<TokenFound> Get(SignedIn of, int? refused, bool again, CancellationToken ct)
    {
        var key = new Key(of.Workspace, of.Connection, of.CredentialVersion);
        while (true)
        {
            if (kept.TryGetValue(key, out var known) && known.Until > clock.GetUtcNow() && known.Found.Version != refused) return known.Found;
            var mine = new Lazy<Task<TokenFound>>(() => Task.Run(() => Look(key, of, refused, again), CancellationToken.None));
            var looking = underWay.GetOrAdd(key, mine);
            // the work goes on when its caller has gone: a token that was asked for is kept for the next
            var found = await looking.Value.WaitAsync(ct);
            if (looking == mine || found.Grant is null || found.Version != refused) return found;
        }
    }

    private async Task<TokenFound> Look(Key key, SignedIn of, int? refused, bool again)
    {
        try
        {
            var held = pauses.TryGetValue(key, out var pause) && pause.Until > clock.GetUtcNow() && !again ? pause.Failure : null;
            var found = await refresh.Find(of, refused, again, held, CancellationToken.None);
            Remember(key, found, held);
            return found;
        }
        finally
        {
            underWay.TryRemove(key, out _);
        }
    }

    private void Remember(Key key, TokenFound found, TokenFound? held)
    {
        if (found.Grant is { } grant)
        {
            if (kept.Count > Enough) Forget();
            kept[key] = new Kept(found, grant.ExpiresAt - TokenTimes.Margin(grant.Lifetime, Random.Shared.NextDouble()));
            pauses.TryRemove(key, out _);
        }
        else if (held is null && found.Kind is not FailureKind.ReauthRequired)
        {
            // however many activities ask: a provider that fails is asked after 1, 2, 4 … 60 s
            var times = pauses.TryGetValue(key, out var before) ? before.Times + 1 : 0;
            var wait = TimeSpan.FromSeconds(Math.Pow(2, Math.Min(times, 6)));
            pauses[key] = new Pause(found, times, clock.GetUtcNow() + (wait < LongestPause ? wait : LongestPause));
        }
    }

    private void Forget()
    {
        foreach (var (key, found) in kept)
            if (found.Until <= clock.GetUtcNow()) kept.TryRemove(key, out _);
        foreach (var (key, pause) in pauses)
            if (pause.Until + LongestPause <= clock.GetUtcNow()) pauses.TryRemove(key, out _);
    }
}
