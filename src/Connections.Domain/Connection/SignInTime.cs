namespace Connections.Domain.Connection;

/// <summary>The time that a person has to complete a sign-in.</summary>
public static class SignInTime
{
    public static readonly TimeSpan Life = TimeSpan.FromMinutes(10);

    // The clocks of two hosts may differ by this much.
    private static readonly TimeSpan MaxSkew = TimeSpan.FromMinutes(5);

    /// <summary>
    /// Whether the time of a sign-in is over. So it is if its end is further away than any sign-in lasts: the clock that set it was wrong, and
    /// the sign-in must not hold its name until that time.
    /// </summary>
    public static bool HasPassed(DateTimeOffset until, DateTimeOffset now) => now > until || until - now > Life + MaxSkew;
}
