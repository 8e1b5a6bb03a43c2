using EventSourcing;
using Microsoft.Extensions.Time.Testing;

namespace Domain.Tests;

public sealed class ExpiringMapTests
{
    private static readonly TimeSpan Life = TimeSpan.FromMinutes(10);
    private readonly FakeTimeProvider clock = new();
    private readonly List<int> removed = [];

    [Fact]
    public void An_entry_expires_a_time_after_it_was_added()
    {
        var map = Map(ExpiresAfter.Added);
        map.Set("a", 1);
        clock.Advance(Life - TimeSpan.FromTicks(1));
        Assert.Equal(1, map.GetOrAdd("a", _ => 2));
        clock.Advance(TimeSpan.FromTicks(1));
        Assert.False(map.TryGetValue("a", out _));
        Assert.Equal(3, map.GetOrAdd("a", _ => 3));
    }

    [Fact]
    public void An_entry_in_use_does_not_expire_and_looking_is_no_use()
    {
        var map = Map(ExpiresAfter.LastUse);
        map.Set("a", 1);
        map.Set("b", 2);
        for (var i = 0; i < 3; i++)
        {
            clock.Advance(Life / 2);
            Assert.Equal(1, map.GetOrAdd("a", _ => 9));
            map.TryGetValue("b", out _);
        }

        Assert.False(map.TryGetValue("b", out _));
    }

    [Fact]
    public void A_value_is_added_again_only_after_the_first_has_expired()
    {
        var map = Map(ExpiresAfter.Added);
        Assert.True(map.TryAdd("a", 1));
        Assert.False(map.TryAdd("a", 2));
        clock.Advance(Life);
        Assert.True(map.TryAdd("a", 3));
        Assert.Equal([1], removed);
    }

    [Theory]
    [InlineData(100)]
    [InlineData(-200)]
    public void A_change_of_the_wall_clock_neither_ends_nor_revives_an_entry(int days)
    {
        var wall = new ShiftedClock(clock);
        var map = new ExpiringMap<string, int>(wall, Life);
        map.Set("a", 1);
        wall.Shift = TimeSpan.FromDays(days);
        Assert.True(map.TryGetValue("a", out _));
        clock.Advance(Life);
        wall.Shift = TimeSpan.Zero;
        Assert.False(map.TryGetValue("a", out _));
    }

    [Fact]
    public void Expired_entries_are_removed_when_another_one_is_added()
    {
        var map = Map(ExpiresAfter.Added);
        for (var i = 0; i < 5; i++) map.Set($"{i}", i);
        clock.Advance(Life);
        map.Set("new", 5);
        Assert.Equal(1, map.Count);
        Assert.Equal([0, 1, 2, 3, 4], removed.Order());
    }

    [Fact]
    public void Above_the_capacity_the_oldest_tenth_is_removed()
    {
        var map = new ExpiringMap<string, int>(clock, Life, capacity: 20, removed: removed.Add);
        for (var i = 0; i < 21; i++)
        {
            map.Set($"{i}", i);
            clock.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal(19, map.Count);
        Assert.Equal([0, 1], removed.Order());
    }

    [Fact]
    public void Cleared_and_replaced_values_are_handed_over_once()
    {
        var map = Map(ExpiresAfter.Added);
        map.Set("a", 1);
        map.Set("a", 2);
        map.Set("b", 3);
        map.Clear();
        map.Clear();
        Assert.Equal([1, 2, 3], removed.Order());
        Assert.Equal(0, map.Count);
    }

    [Fact]
    public void Values_that_match_are_removed()
    {
        var map = Map(ExpiresAfter.Added);
        for (var i = 0; i < 4; i++) map.Set($"{i}", i);
        map.RemoveWhere(v => v % 2 == 0);
        Assert.Equal(2, map.Count);
        Assert.True(map.Remove("1"));
        Assert.False(map.Remove("1"));
    }

    [Fact]
    public async Task Concurrent_callers_get_one_value()
    {
        var map = Map(ExpiresAfter.LastUse);
        var created = 0;
        var values = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => Task.Run(() => map.GetOrAdd("a", _ => Interlocked.Increment(ref created)))));
        Assert.Equal(1, created);
        Assert.All(values, v => Assert.Equal(1, v));
    }

    private ExpiringMap<string, int> Map(ExpiresAfter expires) => new(clock, Life, expires: expires, removed: removed.Add);

    // Timestamps go on while somebody changes the time of day.
    private sealed class ShiftedClock(TimeProvider inner) : TimeProvider
    {
        public TimeSpan Shift { get; set; }

        public override long TimestampFrequency => inner.TimestampFrequency;

        public override DateTimeOffset GetUtcNow() => inner.GetUtcNow() + Shift;

        public override long GetTimestamp() => inner.GetTimestamp();
    }
}
