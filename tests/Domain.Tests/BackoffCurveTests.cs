using EventSourcing;

namespace Domain.Tests;

public sealed class BackoffCurveTests
{
    private static readonly BackoffCurve Minutes = new(TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(10));

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 2)]
    [InlineData(3, 4)]
    [InlineData(4, 8)]
    [InlineData(5, 16)]
    [InlineData(6, 30)]
    [InlineData(7, 30)]
    [InlineData(int.MaxValue, 30)]
    public void The_default_delays_double_from_one_second_to_thirty(int failures, int seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), BackoffCurve.Default.After(failures));

    [Theory]
    [InlineData(1, 1)]
    [InlineData(4, 8)]
    [InlineData(5, 10)]
    [InlineData(int.MaxValue, 10)]
    public void A_curve_has_its_own_first_and_longest_delay(int failures, int minutes) =>
        Assert.Equal(TimeSpan.FromMinutes(minutes), Minutes.After(failures));

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(int.MinValue)]
    public void No_delay_is_shorter_than_the_first(int failures) => Assert.Equal(TimeSpan.FromMinutes(1), Minutes.After(failures));
}
