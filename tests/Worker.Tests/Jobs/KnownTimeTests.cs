using Connections.ReadModels.Retention;

namespace Worker.Tests.Jobs;

/// <summary>Which times of a clock are trusted. All numbers are days.</summary>
public sealed class KnownTimeTests
{
    private static readonly DateTimeOffset Start = new(2026, 11, 1, 0, 0, 0, TimeSpan.Zero);

    public static TheoryData<string, double[], bool[]> Clocks => new()
    {
        { "moves on", [0, 1, 2, 3, 4], [true, true, true, true, true] },
        { "after a weekend", [0, 3, 6], [true, true, true] },
        { "far ahead, then right", [0, 100, 1], [true, false, true] },
        { "far ahead, restarted, then right", [0, 100, 100.1, 101, 1.2, 2], [true, false, false, false, true, true] },
        { "rightly ahead after a long stop", [0, 200, 201, 203, 205, 206, 207, 208], [true, false, false, false, false, false, true, true] },
        { "jumps again while it is ahead", [0, 100, 103, 110, 113, 116, 117], [true, false, false, false, false, false, true] },
        { "ahead, and stopped for a week", [0, 100, 107.5, 110], [true, false, false, false] },
        { "goes back while it is ahead", [0, 100, 103, 101, 104, 107, 108], [true, false, false, false, false, false, true] },
        { "behind, then right", [0, -50, -49, 1, 4, 7, 8], [true, true, true, false, false, false, true] },
        { "of two hosts", [0, 100, 1, 101, 2, 102, 3, 103, 4, 104, 5, 105, 6, 106, 7, 107, 8, 108],
            [true, false, true, false, true, false, true, false, true, false, true, false, true, false, true, false, true, false] },
        { "ahead by years", [0, 36500, 36503, 36506, 1], [true, false, false, false, true] }
    };

    [Theory]
    [MemberData(nameof(Clocks))]
    public void A_clock_that_is_suddenly_far_ahead_is_trusted_after_a_week(string clock, double[] days, bool[] trusted)
    {
        var known = KnownTime.First(Day(days[0]), null);
        var seen = new List<bool> { known.AheadSince is null };
        foreach (var day in days.Skip(1)) seen.Add((known = known.At(Day(day), null)).AheadSince is null);
        Assert.True(trusted.SequenceEqual(seen), $"{clock}: {string.Join(", ", days.Zip(seen))}");
    }

    [Fact]
    public void A_service_without_activities_for_hundreds_of_days_is_trusted_every_day()
    {
        var known = KnownTime.First(Start, Start);
        for (var day = 1; day <= 400; day++) Assert.Null((known = known.At(Day(day), Start)).AheadSince);
    }

    [Theory]
    [InlineData(2, true)]
    [InlineData(-3, true)]
    [InlineData(3.1, false)]
    [InlineData(200, false)]
    public void The_first_run_compares_with_the_newest_activity(double ahead, bool trusted) =>
        Assert.Equal(trusted, KnownTime.First(Day(ahead), Start).AheadSince is null);

    [Fact]
    public void A_clock_far_ahead_of_activities_that_keep_coming_is_never_trusted()
    {
        var known = KnownTime.First(Start, Start);
        for (var day = 1; day <= 60; day++) Assert.NotNull((known = known.At(Day(100 + day), Day(day))).AheadSince);
    }

    [Fact]
    public void A_clock_far_ahead_with_activities_of_its_own_time_is_trusted_after_a_week_and_not_before()
    {
        var known = KnownTime.First(Start, Start);
        for (var day = 100; day < 107; day++) Assert.NotNull((known = known.At(Day(day), Day(day))).AheadSince);
        Assert.Null(known.At(Day(107), Day(107)).AheadSince);
    }

    private static DateTimeOffset Day(double day) => Start + TimeSpan.FromDays(day);
}
