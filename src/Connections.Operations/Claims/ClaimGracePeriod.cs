using EventSourcing;

namespace Connections.Operations.Claims;

/// <summary>
/// The minute during which an unconfirmed claim is respected, counted on this host's clock from when the host first saw the claim.
/// </summary>
public sealed class ClaimGracePeriod(TimeProvider clock)
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    // the timestamps of when each claim was first seen; forgotten after a day, the minute would begin anew
    private readonly ExpiringMap<(string Stream, long Revision), long> seen = new(clock, TimeSpan.FromDays(1), capacity: 10_000);

    public bool HasPassed(string stream, long revision) =>
        clock.GetElapsedTime(seen.GetOrAdd((stream, revision), _ => clock.GetTimestamp())) >= Minute;
}
