using EventSourcing;

namespace Domain.Tests;

public sealed class BackoffTests
{
    private readonly RecordedDelays clock = new();

    [Fact]
    public async Task Each_wait_is_longer_until_a_reset()
    {
        var backoff = new Backoff(BackoffCurve.Default, clock);
        for (var i = 0; i < 3; i++) await backoff.Wait(TestContext.Current.CancellationToken);
        backoff.Reset();
        await backoff.Wait(TestContext.Current.CancellationToken);

        Assert.Equal([1, 2, 4, 1], clock.Delays.Select(d => d.TotalSeconds));
    }

    [Fact]
    public async Task The_next_wait_is_known_before()
    {
        var backoff = new Backoff(BackoffCurve.Default, clock);
        for (var i = 0; i < 7; i++)
        {
            var announced = backoff.Next;
            await backoff.Wait(TestContext.Current.CancellationToken);
            Assert.Equal(announced, clock.Delays[^1]);
        }
    }

    /// <summary>A clock whose timers fire at once.</summary>
    private sealed class RecordedDelays : TimeProvider
    {
        public List<TimeSpan> Delays { get; } = [];

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            if (dueTime != Timeout.InfiniteTimeSpan) Delays.Add(dueTime);
            return base.CreateTimer(callback, state, TimeSpan.Zero, period);
        }
    }
}
