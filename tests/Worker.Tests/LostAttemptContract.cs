using Connections.Domain;
using Connections.ReadModels.Waits;
using Connections.Worker.Waking;
using EventSourcing;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Worker.Tests.Harness;

namespace Worker.Tests;

public abstract class LostAttemptContract : IAsyncLifetime
{
    // The timeout of the activities here, plus the grace period.
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60 + 30);

    private readonly FakeTimeProvider clock = new();
    private readonly InMemoryEventLog log;
    private readonly EventWriter story;
    private readonly Guid connection = Guid.NewGuid();
    private readonly RowStore store;
    private Rows rows = null!;
    private LostAttempts lost = null!;

    protected LostAttemptContract(RowStore store)
    {
        this.store = store;
        log = new InMemoryEventLog(clock);
        story = new EventWriter(log, clock);
    }

    public async ValueTask InitializeAsync()
    {
        rows = await Rows.Create(store, log, new WaitsProjection(new WakeSignal()));
        lost = Judge();
    }

    public ValueTask DisposeAsync() => rows.DisposeAsync();

    [Theory]
    [InlineData(true, "activity-deferred")]
    [InlineData(false, "activity-outcome-unknown")]
    public async Task A_lost_attempt_runs_again_if_repeatable_and_is_unknown_otherwise(bool repeatable, string expected)
    {
        var id = await Running(repeatable);
        await Check();
        await Pass(Deadline);
        Assert.Equal("activity-started", await Last(id));

        clock.Advance(TimeSpan.FromSeconds(1));
        await Check();
        Assert.Equal(expected, await Last(id));
        await Check();
        Assert.Equal(3, (await log.Read(new ActivityId(EventWriter.Workspace, id).Stream, default)).Events.Count);
    }

    [Fact]
    public async Task The_time_of_an_attempt_counts_from_when_it_was_first_seen_whatever_other_clocks_show()
    {
        var id = await Running(repeatable: true);
        clock.Advance(TimeSpan.FromHours(5));
        await Check();
        Assert.Equal("activity-started", await Last(id));

        clock.Advance(TimeSpan.FromHours(5)); // no worker ran, or another one owned the job
        await Check();
        Assert.Equal("activity-started", await Last(id));
    }

    [Fact]
    public async Task An_attempt_ends_however_often_the_owner_changes()
    {
        var id = await Running(repeatable: true);
        for (var owner = 0; owner < 12; owner++)
        {
            lost = Judge();
            await Check();
            clock.Advance(TimeSpan.FromSeconds(8));
            await Check();
            Assert.Equal(owner < 11 ? "activity-started" : "activity-deferred", await Last(id));
        }
    }

    [Fact]
    public async Task Runs_that_meet_count_the_time_once()
    {
        var id = await Running(repeatable: true);
        await Check();
        var runs = new List<Task>();
        for (var second = 1; second < Deadline.TotalSeconds; second++)
        {
            clock.Advance(TimeSpan.FromSeconds(1));
            runs.AddRange(Enumerable.Range(0, 3).Select(_ => Task.Run(() => lost.Judge(default))));
            await Task.WhenAny(runs.TakeLast(3));
        }

        await Task.WhenAll(runs);
        await Check();
        Assert.Equal("activity-started", await Last(id));
    }

    [Fact]
    public async Task The_next_attempt_has_its_own_time()
    {
        var id = await Running(repeatable: true);
        await Check();
        await Pass(Deadline - TimeSpan.FromSeconds(1));
        await story.Activity(
            id,
            EventWriter.Deferred(FailureKind.Unavailable, connection, until: clock.GetUtcNow(), attempts: 1),
            story.Started(2, connection, repeatable: true));
        await Check();
        clock.Advance(TimeSpan.FromSeconds(10));
        await Check();

        Assert.Equal("activity-started", await Last(id));
    }

    [Fact]
    public async Task With_all_workers_in_one_process_a_start_ends_the_attempts_of_earlier_runs_and_no_later_ones()
    {
        var earlier = await Running(repeatable: false);
        var head = await log.Head(default);
        var later = await Running(repeatable: false);
        await rows.Follow();
        await lost.JudgeAll(head, default);

        Assert.Equal("activity-outcome-unknown", await Last(earlier));
        Assert.Equal("activity-started", await Last(later));
    }

    private Task<Guid> Running(bool repeatable) => story.New(story.Over(connection), story.Started(1, connection, repeatable: repeatable));

    /// <summary>Lets time pass, with a run of the job every ten seconds.</summary>
    private async Task Pass(TimeSpan time)
    {
        for (var left = time; left > TimeSpan.Zero; left -= TimeSpan.FromSeconds(10))
        {
            clock.Advance(left < TimeSpan.FromSeconds(10) ? left : TimeSpan.FromSeconds(10));
            await Check();
        }
    }

    private async Task Check()
    {
        await rows.Follow();
        await lost.Judge(default);
    }

    private async Task<string> Last(Guid id) => (await log.Read(new ActivityId(EventWriter.Workspace, id).Stream, default)).Events[^1].Type;

    private LostAttempts Judge() =>
        new(new WaitQueries(rows.Database), new ActivityStreams(log), clock, NullLogger<LostAttempts>.Instance);
}
