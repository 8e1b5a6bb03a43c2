using Connections.Domain.Connection;
using Connections.Domain.Token;

namespace Domain.Tests.Token;

/// <summary>The expected end of sign-ins, and the times of warnings.</summary>
public sealed class GrantLifetimeTests
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly Forecast InNinety = new GrantLifetime().Forecast(Noon, Noon);

    [Fact]
    public void A_grant_without_known_limits_is_assumed_to_last_90_days_from_its_last_use()
    {
        var forecast = new GrantLifetime().Forecast(Noon, Noon.AddDays(3));
        Assert.Equal((Noon.AddDays(93), "assumed"), (forecast.At, forecast.Basis));
    }

    [Theory]
    [InlineData(10, null, 13, "idle")]
    [InlineData(null, 30, 30, "absolute")]
    [InlineData(90, 30, 30, "absolute")]
    [InlineData(10, 30, 13, "idle")]
    public void An_idle_limit_counts_from_the_last_use_and_an_absolute_one_from_the_sign_in(int? idle, int? absolute, int days, string basis)
    {
        var life = new GrantLifetime(Days(idle), Days(absolute));
        var forecast = life.Forecast(Noon, Noon.AddDays(3));
        Assert.Equal((Noon.AddDays(days), basis), (forecast.At, forecast.Basis));
    }

    [Theory]
    [InlineData(75, null)]
    [InlineData(76, 14)]
    [InlineData(82, 14)]
    [InlineData(83, 7)]
    [InlineData(89, 1)]
    [InlineData(120, 1)]
    public void The_threshold_passed_last_is_14_7_or_1_days(int day, int? passed) => Assert.Equal(passed, InNinety.Passed(Noon.AddDays(day)));

    [Fact]
    public void A_short_lifetime_causes_warnings_only_in_its_second_half()
    {
        var week = new GrantLifetime(AbsoluteLimit: TimeSpan.FromDays(7)).Forecast(Noon, Noon);
        Assert.Null(week.Passed(Noon.AddDays(5)));
        Assert.Equal(1, week.Passed(Noon.AddDays(6)));
        Assert.Null(new GrantLifetime(IdleLimit: TimeSpan.FromDays(1)).Forecast(Noon, Noon).WarnAt(null));
    }

    [Fact]
    public void A_warning_is_not_due_again_until_the_end_has_moved()
    {
        Assert.Equal(Noon.AddDays(76), InNinety.WarnAt(null));
        Assert.Equal(Noon.AddDays(83), InNinety.WarnAt(Warned(InNinety.At, 14)));
        Assert.Null(InNinety.WarnAt(Warned(InNinety.At, 1)));
        Assert.Equal(Noon.AddDays(76), InNinety.WarnAt(Warned(InNinety.At.AddDays(-1), 1)));
    }

    [Theory]
    [InlineData(90, 5)]
    [InlineData(8, 4)]
    [InlineData(null, null)]
    public void A_grant_with_an_idle_limit_is_refreshed_by_half_its_limit_or_within_five_days(int? idle, int? days) =>
        Assert.Equal(days is { } d ? Noon.AddDays(d) : null, new GrantLifetime(Days(idle)).KeepWarmAt(Noon));

    private static ConnectionExpiring Warned(DateTimeOffset at, int days) => new(at, "assumed", days, 1);

    private static TimeSpan? Days(int? days) => days is { } d ? TimeSpan.FromDays(d) : null;
}
