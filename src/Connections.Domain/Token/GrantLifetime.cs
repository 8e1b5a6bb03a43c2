using Connections.Domain.Connection;

namespace Connections.Domain.Token;

/// <summary>The lifetime of sign-ins at a provider, as far as documented.</summary>
/// <param name="IdleLimit">A sign-in that is unused for this long ends; null where no such limit is known.</param>
/// <param name="AbsoluteLimit">A sign-in ends after this time, used or not; null where no such limit is known.</param>
public sealed record GrantLifetime(TimeSpan? IdleLimit = null, TimeSpan? AbsoluteLimit = null)
{
    private static readonly TimeSpan Assumed = TimeSpan.FromDays(90);
    private static readonly TimeSpan MaxPause = TimeSpan.FromDays(5); // after a failed refresh, two days of a one-week limit remain

    /// <param name="signedIn">The time of the last sign-in.</param>
    /// <param name="renewed">The last use at the provider: the sign-in or the last refresh.</param>
    public Forecast Forecast(DateTimeOffset signedIn, DateTimeOffset renewed)
    {
        var idle = IdleLimit is { } unused ? new Forecast(renewed + unused, "idle", renewed) : null;
        var absolute = AbsoluteLimit is { } whole ? new Forecast(signedIn + whole, "absolute", signedIn) : null;
        if (idle is null || absolute is null) return idle ?? absolute ?? new Forecast(renewed + Assumed, "assumed", renewed);
        return idle.At < absolute.At ? idle : absolute;
    }

    /// <summary>The time for a refresh that only keeps the sign-in from becoming idle; null where there is no idle limit.</summary>
    public DateTimeOffset? KeepWarmAt(DateTimeOffset renewed) => IdleLimit is not { } unused ? null
        : renewed + (unused / 2 < MaxPause ? unused / 2 : MaxPause);
}

/// <summary>The expected end of a sign-in or of typed credentials. A forecast only warns: only the provider can end a sign-in.</summary>
/// <param name="Basis">The source: <c>idle</c>, <c>absolute</c>, <c>assumed</c>, <c>token</c>, <c>rotateBy</c>.</param>
/// <param name="From">The time from which the lifetime counts.</param>
public sealed record Forecast(DateTimeOffset At, string Basis, DateTimeOffset From)
{
    private static readonly int[] Thresholds = [14, 7, 1];

    /// <summary>Days before the end at which people are warned; none in the first half of the lifetime.</summary>
    private IEnumerable<int> Warnings => Thresholds.Where(days => 2 * TimeSpan.FromDays(days) < At - From);

    /// <summary>The last threshold that was passed: 14, 7 or 1; null before the first.</summary>
    public int? Passed(DateTimeOffset now) => Warnings.Where(days => now >= At - TimeSpan.FromDays(days)).Cast<int?>().LastOrDefault();

    /// <summary>The time of the next warning; null when no warning is left.</summary>
    /// <param name="warned">The last warning; null when there was none.</param>
    public DateTimeOffset? WarnAt(ConnectionExpiring? warned) => Warnings
        .Where(days => warned is null || warned.ExpiresAt != At || days < warned.DaysLeft)
        .Select(days => (DateTimeOffset?)(At - TimeSpan.FromDays(days)))
        .FirstOrDefault();
}

/// <summary>Returns the lifetime of sign-ins by connector.</summary>
public interface IGrantLifetimes
{
    GrantLifetime For(string connector);
}
