using Connections.Domain.Token;

namespace Connections.Credentials.Tokens;

/// <summary>How long things may take, and when a token is near its end.</summary>
public static class TokenTimes
{
    /// <summary>After it the owner of a refresh gives up: it begins no call and appends nothing.</summary>
    public static readonly TimeSpan OwnerLimit = TimeSpan.FromSeconds(25);

    /// <summary>Who has waited so long takes a refresh over.</summary>
    public static readonly TimeSpan TakeOverAfter = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan Least = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan OnItsWay = TimeSpan.FromSeconds(2);

    /// <summary>
    /// Before the end by which a token is renewed: 10 % of its life, at least five minutes, or half its life where that is less; and up to a
    /// fifth more, so that not all renew at once.
    /// </summary>
    /// <param name="chance">From 0 to 1.</param>
    public static TimeSpan Margin(TimeSpan lifetime, double chance)
    {
        var least = lifetime / 2 < Least ? lifetime / 2 : Least;
        var tenth = lifetime / 10;
        return (tenth > least ? tenth : least) * (1 + (0.2 * chance));
    }

    /// <summary>It will not end before a request that carries it has arrived.</summary>
    public static bool Usable(Grant grant, DateTimeOffset now) => UsableUntil(grant) > now;

    public static DateTimeOffset UsableUntil(Grant grant) =>
        grant.ExpiresAt - (grant.Lifetime / 10 < OnItsWay ? grant.Lifetime / 10 : OnItsWay);
}
