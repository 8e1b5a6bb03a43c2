using Connections.Credentials.Vault;
using Connections.Domain;
using Connections.Domain.Activity;
using Connections.Files;
using Connections.Files.Records;
using Connections.Files.Storage;
using Connections.ReadModels.Activities;
using Connections.ReadModels.Ledger;
using Connections.ReadModels.Usage;
using Connections.Worker.Jobs;
using Dapper;
using EventSourcing;
using EventSourcing.Sql;
using EventSourcing.Sql.Loops;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Worker.Tests.Harness;

namespace Worker.Tests.Jobs;

public abstract class RetentionContract : IAsyncLifetime
{
    private static readonly TimeSpan Retention = TimeSpan.FromDays(90);
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    private readonly FakeTimeProvider clock = new(DateTimeOffset.Parse("2026-03-10T12:00:00Z", null));
    private readonly InMemoryEventLog log;
    private readonly NotedSeals seals = new();
    private readonly EventWriter story;
    private readonly Guid connection = Guid.NewGuid();
    private readonly RowStore store;
    private Rows rows = null!;
    private Rows service = null!;
    private DateTimeOffset ran;

    protected RetentionContract(RowStore store)
    {
        this.store = store;
        log = new InMemoryEventLog(clock);
        story = new EventWriter(log, clock);
    }

    public async ValueTask InitializeAsync()
    {
        rows = await Rows.Create(store, log, new ActivitiesProjection(), new UsageProjection());
        service = await Rows.Create(store, log, new LedgerProjection());
        ran = clock.GetUtcNow();
    }

    public async ValueTask DisposeAsync()
    {
        await rows.DisposeAsync();
        await service.DisposeAsync();
    }

    [Fact]
    public async Task An_ended_activity_is_removed_with_its_row_after_the_retention_period_and_not_before()
    {
        var id = await Ended();
        await Follow();
        clock.Advance(Retention);
        await Remove();
        Assert.True(await Exists(id));

        clock.Advance(TimeSpan.FromTicks(1));
        await Remove();
        Assert.False(await Exists(id));
        Assert.Equal(0, await Count());
    }

    [Fact]
    public async Task An_open_activity_stays_however_old_and_keeps_the_keys_of_its_month()
    {
        var requested = clock.GetUtcNow();
        var open = await story.New(story.Over(connection));
        await Ended();
        await Follow();
        clock.Advance(TimeSpan.FromDays(400));
        await Remove();

        Assert.True(await Exists(open));
        Assert.Equal(1, await Count());
        Assert.Equal(requested - Day, seals.DestroyedBefore);
    }

    [Fact]
    public async Task A_file_keeps_the_keys_of_its_month()
    {
        var sealedAt = clock.GetUtcNow();
        await AddFile(sealedAt, sealedAt + TimeSpan.FromDays(365));
        await Ended();
        await Follow();
        clock.Advance(TimeSpan.FromDays(200));
        await Remove();
        Assert.Equal(sealedAt, seals.DestroyedBefore);
    }

    [Fact]
    public async Task The_bytes_of_expired_files_are_removed_unless_the_clock_is_suddenly_far_ahead()
    {
        var folder = Directory.CreateTempSubdirectory("files-");
        var records = Files;
        await AddFile(clock.GetUtcNow(), clock.GetUtcNow() + Day);
        var files = new FileFolder(Options.Create(new FilesOptions { Folder = folder.FullName }));
        var sweep = new FileSweep(
            files, new StoreIdentity(files, records, NullLogger<StoreIdentity>.Instance), records, clock, NullLogger<FileSweep>.Instance);
        Task Run(TimeProvider time) => new RemoveExpiredFiles(sweep, Guards.Create(rows, service, time)).Remove(default);

        await Run(clock);
        await Run(new FakeTimeProvider(clock.GetUtcNow() + 2 * Day)); // trusted, and wrong
        Assert.NotNull(await records.OldestSealed(default));
        await Run(new FakeTimeProvider(clock.GetUtcNow() + 200 * Day));
        Assert.NotNull(await records.OldestSealed(default));
        await Run(new FakeTimeProvider(clock.GetUtcNow() + 5 * Day));
        Assert.Null(await records.OldestSealed(default));
        folder.Delete(recursive: true);
    }

    [Fact]
    public async Task Retention_of_a_late_settled_activity_starts_at_the_settlement_even_if_the_row_lags()
    {
        var id = await story.New(
            story.Over(connection),
            story.Started(1, connection),
            new ActivityOutcomeUnknown(1, FailureKind.Timeout, "lost") { Facts = EventWriter.Facts(connection) });
        await Follow();
        clock.Advance(Retention + Day);
        await story.Activity(id, EventWriter.Succeeded(connection));
        await Remove();

        Assert.True(await Exists(id));
    }

    [Fact]
    public async Task An_activity_is_kept_until_every_reader_in_any_process_has_passed_it()
    {
        var id = await Ended();
        await Follow();
        await new Checkpoints(service.Database.Sql).Move("publish-activities", Position.Start, 2, default);
        clock.Advance(Retention + Day);
        await Remove();
        Assert.True(await Exists(id));

        await new Checkpoints(service.Database.Sql).Move("publish-activities", 2, 3, default);
        await Remove();
        Assert.False(await Exists(id));
    }

    [Fact]
    public async Task A_reader_of_this_process_that_never_saved_a_position_keeps_everything()
    {
        var id = await Ended();
        await Follow();
        clock.Advance(Retention + Day);
        var loops = new LoopHealth(clock);
        loops.For("new-reactor").Is(LoopState.Starting);
        await Remove(loops);

        Assert.True(await Exists(id));
    }

    [Fact]
    public async Task A_row_whose_stream_was_removed_before_a_crash_is_removed_by_the_next_run()
    {
        var id = await Ended();
        await Follow();
        clock.Advance(Retention + Day);
        await log.Remove(new ActivityId(EventWriter.Workspace, id).Stream, default);
        await Remove();

        Assert.Equal(0, await Count());
    }

    [Fact]
    public async Task Totals_stay_when_streams_are_removed_and_rebuilt_rows_hold_what_is_retained()
    {
        for (var i = 0; i < 1_100; i++) await Ended();
        clock.Advance(Retention + Day);
        var kept = await Ended();
        var unknown = await story.New(
            story.Over(connection),
            story.Started(1, connection),
            new ActivityOutcomeUnknown(1, FailureKind.Timeout, "lost") { Facts = EventWriter.Facts(connection) });
        await story.New(story.Over(connection), new ActivityCancelled(0) { Facts = EventWriter.Facts(connection) });
        await story.New(story.Over(connection));
        await Follow();
        await Remove();
        await Remove();

        Assert.True(await Exists(kept));
        Assert.Equal(4, await Count());
        var totals = await Totals();
        Assert.Equal((1_104, 1), (totals.Accepted, totals.Open));
        Assert.Equal((1_101, 1, 1), (totals.Ended["succeeded"], totals.Ended["unknown"], totals.Ended["cancelled"]));

        await story.Activity(unknown, EventWriter.Succeeded(connection));
        await Follow();
        totals = await Totals();
        Assert.Equal((1_102, 0, 1), (totals.Ended["succeeded"], totals.Ended["unknown"], totals.Open));

        await using var again = await Rows.Create(store, log, new ActivitiesProjection());
        await again.Follow();
        Assert.Equal(
            await rows.Query<string>("SELECT view FROM activities ORDER BY id"),
            await again.Query<string>("SELECT view FROM activities ORDER BY id"));
    }

    [Fact]
    public async Task The_usage_of_a_connection_outlives_its_activities_and_ends_after_31_days()
    {
        var usage = new UsageQueries(rows.Database);
        var id = new ConnectionId(EventWriter.Workspace, connection);
        await Ended();
        await story.New(story.Over(connection), story.Started(1, connection), new ActivityOutcomeUnknown(1, FailureKind.Timeout, "lost") { Facts = EventWriter.Facts(connection) });
        await Follow();
        clock.Advance(TimeSpan.FromDays(29));
        await Remove(days: 10);

        Assert.Equal(0, await Count());
        Assert.Equal(2, Assert.Single(await usage.Workflows(id, clock.GetUtcNow() - TimeSpan.FromDays(30), default)).Runs);
        Assert.Equal(2, (await usage.ByHour(EventWriter.Workspace, clock.GetUtcNow() - TimeSpan.FromDays(30), default)).Sum(h => h.Number));

        clock.Advance(TimeSpan.FromDays(3));
        await Remove(days: 10);
        Assert.Equal(0, await rows.Value<long>(
            "SELECT (SELECT COUNT(*) FROM usage_days) + (SELECT COUNT(*) FROM usage_hours) + (SELECT COUNT(*) FROM usage_times) + (SELECT COUNT(*) FROM usage_open)"));
    }

    [Fact]
    public async Task Without_rows_keys_of_months_outlast_everything_that_may_be_sealed_with_them()
    {
        await Follow();
        await Remove();
        Assert.Equal(clock.GetUtcNow() - Retention - TimeSpan.FromDays(31), seals.DestroyedBefore);
    }

    [Theory]
    [InlineData(100)]
    [InlineData(95)]
    [InlineData(4000)]
    public async Task A_clock_that_is_far_ahead_removes_nothing_and_destroys_no_key(int days)
    {
        var id = await Ended();
        await Follow();
        await Remove();
        var destroyed = seals.DestroyedBefore;
        var wrong = new FakeTimeProvider(clock.GetUtcNow() + TimeSpan.FromDays(days));
        await Run(wrong);
        wrong.Advance(Day);
        await Run(wrong);
        Assert.True(await Exists(id));
        Assert.Equal(destroyed, seals.DestroyedBefore);

        clock.Advance(Day);
        await Remove();
        Assert.Equal(destroyed + Day, seals.DestroyedBefore);
    }

    [Fact]
    public async Task A_host_with_a_wrong_clock_and_one_with_the_right_clock_remove_only_what_is_due()
    {
        var wrong = new FakeTimeProvider(clock.GetUtcNow() + TimeSpan.FromDays(300));
        for (var day = 0; day < 20; day++)
        {
            await Ended();
            await Follow();
            await Remove();
            await Run(wrong);
            clock.Advance(Day);
            wrong.Advance(Day);
        }

        Assert.Equal(20, await Count());
    }

    [Fact]
    public async Task A_service_that_was_stopped_for_long_removes_what_is_due_after_a_week()
    {
        var id = await Ended();
        await Follow();
        await Remove();
        clock.Advance(TimeSpan.FromDays(200));
        for (var day = 0; day < 7; day++)
        {
            await Run(clock);
            Assert.True(await Exists(id));
            clock.Advance(Day);
        }

        await Run(clock);
        Assert.False(await Exists(id));
    }

    private Task<Guid> Ended() => story.New(story.Over(connection), story.Started(1, connection), EventWriter.Succeeded(connection));

    private async Task Follow()
    {
        await rows.Follow();
        await service.Follow();
    }

    // The service has run every day until now.
    private async Task Remove(LoopHealth? loops = null, int days = 90)
    {
        await Guards.RunDaily(rows, service, ran, clock.GetUtcNow());
        ran = clock.GetUtcNow();
        await Run(clock, loops, days);
    }

    private Task Run(TimeProvider time, LoopHealth? loops = null, int days = 90)
    {
        var database = new ServiceDatabase(service.Database.Sql);
        return new RemoveEndedActivities(
            new EndedActivities(rows.Database),
            new SlowestReader(rows.Database, database, loops ?? new LoopHealth(clock)),
            log,
            new LedgerQueries(database),
            new OldUsage(rows.Database),
            seals,
            Files,
            Options.Create(new RetentionOptions { RetentionDays = days }),
            Guards.Create(rows, service, time),
            NullLogger<RemoveEndedActivities>.Instance).Remove(default);
    }

    private FileRecords Files => new(new VaultDatabase(service.Database.Sql));

    private async Task AddFile(DateTimeOffset sealedAt, DateTimeOffset expiresAt)
    {
        await Files.OldestSealed(default); // creates the table
        await using var write = await service.Database.Sql.BeginWrite(default);
        await write.Connection.ExecuteAsync(
            "INSERT INTO files (id, workspace, sealed, sealed_at, expires_at) VALUES (@Id, 'default', 'x', @At, @Expires)",
            new { Id = Guid.NewGuid().ToString(), At = sealedAt.ToUnixTimeMilliseconds(), Expires = expiresAt.ToUnixTimeMilliseconds() },
            write.Transaction);
        await write.Commit(default);
    }

    private async Task<bool> Exists(Guid id) => (await log.Read(new ActivityId(EventWriter.Workspace, id).Stream, default)).Events.Count > 0;

    private Task<int> Count() => rows.Value<int>("SELECT COUNT(*) FROM activities");

    private Task<LedgerTotals> Totals() => new LedgerQueries(new ServiceDatabase(service.Database.Sql)).Totals(EventWriter.Workspace, default);
}
