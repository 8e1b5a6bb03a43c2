using System.Collections.Concurrent;

namespace Connections.Operations.Claims;

/// <summary>
/// The minute during which an unconfirmed claim is respected, counted on this host's clock from when the host first saw the claim.
/// </summary>
public sealed class ClaimGracePeriod(TimeProvider clock)
{
    private const int MaxEntries = 10_000;

    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan MaxAge = TimeSpan.FromMinutes(10);

    private readonly ConcurrentDictionary<(string Stream, long Revision), long> seen = new();

    public bool HasPassed(string stream, long revision)
    {
        var now = clock.GetTimestamp();
        var first = seen.GetOrAdd((stream, revision), now);
        if (seen.Count > MaxEntries) Forget();
        return clock.GetElapsedTime(first, now) >= Minute;
    }

    private void Forget()
    {
        foreach (var (claim, first) in seen)
            if (clock.GetElapsedTime(first) > MaxAge) seen.TryRemove(claim, out _);
    }
}
