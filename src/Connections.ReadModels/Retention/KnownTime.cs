namespace Connections.ReadModels.Retention;

/// <summary>
/// The time as far as the service knows it, so that nothing is removed because a clock is wrong. A clock that moves on in small steps is trusted.
/// One that is suddenly far ahead is trusted only after it has moved on from there for a week, and nothing was recorded meanwhile with an
/// earlier time. A clock that is behind removes less, and is trusted.
/// </summary>
/// <param name="Trusted">The last time of the clock that was trusted.</param>
/// <param name="AheadSince">The first time of a clock that is too far ahead; null while the clock is trusted.</param>
/// <param name="LastSeen">The last time of the clock that is too far ahead.</param>
/// <param name="Newest">The time of the newest activity when the clock was first too far ahead.</param>
public sealed record KnownTime(DateTimeOffset Trusted, DateTimeOffset? AheadSince, DateTimeOffset? LastSeen, DateTimeOffset? Newest)
{
    /// <summary>The longest time between two runs, as when a service is switched off over a weekend.</summary>
    public static readonly TimeSpan MaxStep = TimeSpan.FromDays(3);

    /// <summary>For this long a clock that is far ahead must move on before it is trusted.</summary>
    public static readonly TimeSpan TrustAfter = TimeSpan.FromDays(7);

    /// <summary>Nothing is known but the newest activity.</summary>
    public static KnownTime First(DateTimeOffset now, DateTimeOffset? newest) =>
        new KnownTime(newest < now ? newest.Value : now, null, null, null).At(now, newest);

    /// <param name="now">The time of the clock.</param>
    /// <param name="newest">The time of the newest activity, by the clock that recorded it; null where there is none.</param>
    public KnownTime At(DateTimeOffset now, DateTimeOffset? newest)
    {
        if (now - Trusted <= MaxStep) return new KnownTime(now, null, null, null);
        if (AheadSince is not { } since || now < LastSeen || now - LastSeen > MaxStep || Contradicts(newest, now))
            return this with { AheadSince = now, LastSeen = now, Newest = newest };
        return now - since >= TrustAfter ? new KnownTime(now, null, null, null) : this with { LastSeen = now };
    }

    // An activity that came meanwhile has a far earlier time: the clock that recorded it is another one.
    private bool Contradicts(DateTimeOffset? newest, DateTimeOffset now) =>
        newest is { } at && now - at > MaxStep && (Newest is not { } before || at > before);
}
