using Connections.Domain.Token;

namespace Connections.Credentials.Tokens;

/// <summary>Time limits of refreshes, and the margin before a token's end.</summary>
public static class TokenTimes
{
    /// <summary>After this time the owner of a refresh gives up: it starts no call and appends nothing.</summary>
    public static readonly TimeSpan OwnerLimit = TimeSpan.FromSeconds(25);

    /// <summary>After this time a waiting host takes over a refresh.</summary>
    public static readonly TimeSpan TakeOverAfter = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan MinMargin = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan TransitTime = TimeSpan.FromSeconds(2);

    /// <summary>
    /// The time before its end at which a token is refreshed: 10 % of its lifetime, at least five minutes, or half its lifetime if that is
    /// less; plus up to a fifth, so that not all tokens are refreshed at once.
    /// </summary>
    /// <param name="chance">From 0 to 1.</param>
    public static TimeSpan Margin(TimeSpan lifetime, double chance)
    {
        var minimum = lifetime / 2 < MinMargin ? lifetime / 2 : MinMargin;
        var tenth = lifetime / 10;
        return (tenth > minimum ? tenth : minimum) * (1 + (0.2 * chance));
    }

    /// <summary>True if the token will not expire before a request that carries it has arrived.</summary>
    public static bool Usable(Grant grant, DateTimeOffset now) => UsableUntil(grant) > now;

    public static DateTimeOffset UsableUntil(Grant grant) =>
        grant.ExpiresAt - (grant.Lifetime / 10 < TransitTime ? grant.Lifetime / 10 : TransitTime);
}
