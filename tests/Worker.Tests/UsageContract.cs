using Connections.Domain;
using Connections.Domain.Activity;
using Connections.ReadModels.Usage;
using EventSourcing;
using Microsoft.Extensions.Time.Testing;
using Worker.Tests.Harness;

namespace Worker.Tests;

/// <summary>The use of connections by workflow, and activities by hour and outcome.</summary>
public abstract class UsageContract(RowStore store) : IAsyncLifetime
{
    private static readonly string[] Tables =
    [
        "SELECT connection || workflow || day || ' ' || runs || ' ' || failed || ' ' || last_at FROM usage_days ORDER BY 1",
        "SELECT hour || outcome || total FROM usage_hours WHERE total <> 0 ORDER BY 1",
        "SELECT hour || connection || ended || ' ' || ms FROM usage_times ORDER BY 1",
        "SELECT id || COALESCE(connection, '') || workflow || status || requested_at FROM usage_open ORDER BY 1"
    ];

    private readonly FakeTimeProvider clock = new(DateTimeOffset.Parse("2026-03-10T12:00:00Z", null));
    private readonly Guid shop = Guid.NewGuid();
    private InMemoryEventLog log = null!;
    private EventWriter story = null!;
    private Rows rows = null!;
    private UsageQueries usage = null!;

    private DateTimeOffset Since => clock.GetUtcNow() - TimeSpan.FromDays(30);

    public async ValueTask InitializeAsync()
    {
        log = new InMemoryEventLog(clock);
        story = new EventWriter(log, clock);
        rows = await Rows.Create(store, log, new UsageProjection());
        usage = new UsageQueries(rows.Database);
    }

    public ValueTask DisposeAsync() => rows.DisposeAsync();

    [Fact]
    public async Task Ended_and_open_activities_are_runs_of_their_workflow()
    {
        await Run("payroll", Done());
        await Run("payroll", Failed());
        await Run("payroll", Cancelled());
        await Run("payroll");
        await Run(null, Done());
        var last = clock.GetUtcNow();
        await rows.Follow();

        var uses = await Uses();
        Assert.Equal([("payroll", 4, 1), ("", 1, 0)], uses.Select(u => (u.Workflow, u.Runs, u.Failed)));
        Assert.Equal(last, uses[1].LastRunAt);
        Assert.Empty(await usage.Workflows(new ConnectionId("another", shop), Since, default));
    }

    [Fact]
    public async Task The_use_of_many_connections_is_read_at_once()
    {
        var (other, unused) = (Guid.NewGuid(), Guid.NewGuid());
        await Run("payroll", Done());
        await Run("payroll");
        await Run("invoices", Failed());
        await story.New(story.Over(other), story.Started(1, other), EventWriter.Succeeded(other));
        await rows.Follow();

        var uses = await usage.Workflows(EventWriter.Workspace, [shop, other, unused], Since, default);
        Assert.Equal([("payroll", 2L), ("invoices", 1L)], uses[shop].Select(u => (u.Workflow, u.Runs)));
        Assert.Equal(1, Assert.Single(uses[other]).Runs);
        Assert.Empty(uses[unused]);
        Assert.Empty(await usage.Workflows(EventWriter.Workspace, [], Since, default));
        Assert.Empty(await usage.Workflows("another", [shop], Since, default));
        // As many as the page of sign-ins that end soon shows.
        var many = Enumerable.Range(0, 1_000).Select(_ => Guid.NewGuid()).Append(shop);
        Assert.Equal(2, (await usage.Workflows(EventWriter.Workspace, many, Since, default)).Single().Count());
    }

    [Fact]
    public async Task Activities_are_counted_by_the_hour_of_their_request_and_by_outcome()
    {
        await Run("payroll", Done());
        var slow = await Run("payroll");
        clock.Advance(TimeSpan.FromHours(1));
        await Run("payroll", Failed());
        await story.Activity(slow, Done());
        await Run("payroll");
        await rows.Follow();

        var hours = await usage.ByHour(EventWriter.Workspace, clock.GetUtcNow().AddHours(-2), default);
        Assert.Equal(
            [(12, "succeeded", 2), (13, "failed", 1), (13, "open", 1)],
            hours.Select(h => (h.Hour.Hour, h.Outcome, h.Number)).Order());
        Assert.DoesNotContain(await usage.ByHour(EventWriter.Workspace, clock.GetUtcNow(), default), h => h.Hour.Hour == 12);
        Assert.Empty(await usage.ByHour("another", Since, default));
    }

    [Fact]
    public async Task The_slowest_connections_are_those_with_the_longest_average()
    {
        var fast = Guid.NewGuid();
        var first = await Run("payroll");
        clock.Advance(TimeSpan.FromMinutes(9));
        await story.Activity(first, Done());
        await Run("payroll", Done());
        await story.New(story.Over(fast), story.Started(1, fast), EventWriter.Succeeded(fast));
        await rows.Follow();

        var slowest = await usage.Slowest(EventWriter.Workspace, Since, 5, default);
        Assert.Equal([(shop, 2, TimeSpan.FromSeconds(270)), (fast, 1, TimeSpan.Zero)], slowest);
        Assert.Single(await usage.Slowest(EventWriter.Workspace, Since, 1, default));
        Assert.Empty(await usage.Slowest("another", Since, 5, default));
    }

    [Fact]
    public async Task An_activity_by_name_counts_for_the_connection_that_ran_it()
    {
        var (found, waiting) = (Guid.NewGuid(), Guid.NewGuid());
        await story.New(story.OverNamed("Shop"), story.Started(1, found), story.Started(2, shop), EventWriter.Succeeded(shop));
        var open = await story.New(story.OverNamed("Shop"));
        await rows.Follow();
        await story.Activity(open, EventWriter.Deferred(FailureKind.ReauthRequired, waiting));
        await rows.Follow();

        Assert.Equal(1, Assert.Single(await Uses()).Runs);
        Assert.Equal(1, Assert.Single(await usage.Workflows(new ConnectionId(EventWriter.Workspace, waiting), Since, default)).Runs);
        Assert.Empty(await usage.Workflows(new ConnectionId(EventWriter.Workspace, found), Since, default));
    }

    [Fact]
    public async Task An_outcome_that_is_found_out_later_replaces_the_unknown_one()
    {
        var id = await Run("payroll", Unknown());
        await rows.Follow();
        Assert.Equal("unknown", Assert.Single(await usage.ByHour(EventWriter.Workspace, Since, default)).Outcome);
        await story.Activity(id, Failed());
        await story.Activity(await Run("payroll", Unknown()), Failed()); // in one batch
        await rows.Follow();

        var (use, hour) = (Assert.Single(await Uses()), Assert.Single(await usage.ByHour(EventWriter.Workspace, Since, default)));
        Assert.Equal((2, 2, "failed", 2), (use.Runs, use.Failed, hour.Outcome, hour.Number));
        Assert.Equal(0, await rows.Value<long>("SELECT COUNT(*) FROM usage_open"));
    }

    [Fact]
    public async Task Rows_do_not_depend_on_how_events_are_gathered()
    {
        for (var day = 0; day < 3; day++)
        {
            foreach (var end in new ActivityEnd[] { Done(), Failed(), Unknown(), Cancelled() })
            {
                var id = await Run($"flow {day % 2}");
                await rows.Follow();
                clock.Advance(TimeSpan.FromMinutes(7));
                await story.Activity(id, end);
                if (end is ActivityFailed) await rows.Follow();
            }

            await story.New(story.OverNamed("Shop"));
            clock.Advance(TimeSpan.FromDays(1));
        }

        await rows.Follow();
        await using var whole = await Rows.Create(store, log, new UsageProjection());
        await whole.Follow();
        foreach (var table in Tables)
        {
            var expected = await rows.Query<string>(table);
            Assert.NotEmpty(expected);
            Assert.Equal(expected, await whole.Query<string>(table));
        }
    }

    [Fact]
    public async Task A_short_activity_that_ends_in_its_batch_writes_only_counts()
    {
        await Run("payroll", Done());
        await rows.Follow();
        var before = rows.Touched;
        for (var i = 0; i < 100; i++) await Run("payroll", Done());
        await rows.Follow();
        Assert.InRange(rows.Touched - before, 3, 9);
    }

    [Fact]
    public async Task Text_that_no_database_accepts_holds_nothing_up()
    {
        var longest = string.Concat(Enumerable.Range(0, 1_000).Select(i => (char)(0x4e00 + (i * 37 % 20_000))));
        foreach (var workflow in new[] { "pay\0roll \ud800", longest }) await Run(workflow, Done());
        await rows.Follow();
        Assert.Equal(2, (await Uses()).Count);
    }

    [Fact]
    public async Task Runs_of_more_than_30_days_ago_do_not_count()
    {
        await Run("payroll", Done());
        clock.Advance(TimeSpan.FromDays(32));
        await Run("payroll", Failed());
        await rows.Follow();
        var use = Assert.Single(await Uses());
        Assert.Equal((1, 1), (use.Runs, use.Failed));
    }

    private static ActivityOutcomeUnknown Unknown() => new(1, FailureKind.Timeout, "lost") { Facts = EventWriter.Facts(Guid.Empty) };

    private static ActivityCancelled Cancelled() => new(1) { Facts = EventWriter.Facts(Guid.Empty) };

    private static ActivityFailed Failed() => new(1, FailureKind.Forbidden, "no") { Facts = EventWriter.Facts(Guid.Empty) };

    private ActivitySucceeded Done() => EventWriter.Succeeded(shop);

    private Task<IReadOnlyList<WorkflowUse>> Uses() => usage.Workflows(new ConnectionId(EventWriter.Workspace, shop), Since, default);

    private Task<Guid> Run(string? workflow, ActivityEnd? end = null)
    {
        clock.Advance(TimeSpan.FromSeconds(1));
        var request = story.Over(shop) with { Caller = workflow is null ? null : new Caller(workflow) };
        return end is null ? story.New(request) : story.New(request, story.Started(1, shop), end);
    }
}
