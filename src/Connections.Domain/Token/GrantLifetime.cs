using Connections.Domain.Connection;

namespace Connections.Domain.Token;

/// <summary>How long sign-ins at a provider last, as far as is known.</summary>
/// <param name="IdleLimit">One that nobody uses for so long ends; null: it does not, as far as is known.</param>
/// <param name="AbsoluteLimit">It ends so long after the sign-in, used or not; null: it does not, as far as is known.</param>
public sealed record GrantLifetime(TimeSpan? IdleLimit = null, TimeSpan? AbsoluteLimit = null)
{
    private static readonly TimeSpan Assumed = TimeSpan.FromDays(90);
    private static readonly TimeSpan LongestPause = TimeSpan.FromDays(5); // a try that fails leaves two days for another within the week

    /// <param name="signedIn">When somebody last signed in.</param>
    /// <param name="renewed">When it was last used at the provider: the sign-in, or the last refresh.</param>
    public Forecast Forecast(DateTimeOffset signedIn, DateTimeOffset renewed)
    {
        var idle = IdleLimit is { } unused ? new Forecast(renewed + unused, "idle", renewed) : null;
        var absolute = AbsoluteLimit is { } whole ? new Forecast(signedIn + whole, "absolute", signedIn) : null;
        if (idle is null || absolute is null) return idle ?? absolute ?? new Forecast(renewed + Assumed, "assumed", renewed);
        return idle.At < absolute.At ? idle : absolute;
    }

    /// <summary>When it is used for the sake of being used; null where that keeps nothing.</summary>
    public DateTimeOffset? KeepWarmAt(DateTimeOffset renewed) => IdleLimit is not { } unused ? null
        : renewed + (unused / 2 < LongestPause ? unused / 2 : LongestPause);
}

/// <summary>
/// When a sign-in is expected to end, or credentials are to be changed. A forecast only warns; only the provider's answer ends it.
/// </summary>
/// <param name="Basis">What it rests on: <c>idle</c>, <c>absolute</c>, <c>assumed</c>, <c>token</c>, <c>rotateBy</c>.</param>
/// <param name="From">What it counts from.</param>
public sealed record Forecast(DateTimeOffset At, string Basis, DateTimeOffset From)
{
    private static readonly int[] Thresholds = [14, 7, 1];

    /// <summary>Days before the end at which people are warned; none in the first half of its life, where there is nothing new to say.</summary>
    private IEnumerable<int> Warnings => Thresholds.Where(days => 2 * TimeSpan.FromDays(days) < At - From);

    /// <summary>The threshold that was passed last: 14, 7 or 1; null before the first.</summary>
    public int? Passed(DateTimeOffset now) => Warnings.Where(days => now >= At - TimeSpan.FromDays(days)).Cast<int?>().LastOrDefault();

    /// <summary>The next time that there is something to warn of; null when all was said.</summary>
    /// <param name="said">What was last warned of; null when nobody was.</param>
    public DateTimeOffset? WarnAt(ConnectionExpiring? said) => Warnings
        .Where(days => said is null || said.ExpiresAt != At || days < said.DaysLeft)
        .Select(days => (DateTimeOffset?)(At - TimeSpan.FromDays(days)))
        .FirstOrDefault();
}

/// <summary>Knows how long sign-ins last, by connector.</summary>
public interface IGrantLifetimes
{
    GrantLifetime For(string connector);
}
