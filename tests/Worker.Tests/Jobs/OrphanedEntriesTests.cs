using Connections.Domain;
using Connections.Domain.Activity;
using Connections.Domain.Connection;
using Connections.Domain.Token;
using Connections.ReadModels.Activities;
using Connections.Worker.Jobs;
using EventSourcing;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Worker.Tests.Harness;

namespace Worker.Tests.Jobs;

public sealed class OrphanedEntriesTests : IAsyncLifetime
{
    private readonly FakeTimeProvider clock = new();
    private readonly InMemoryEventLog log;
    private readonly ListedVault vault;
    private readonly EventWriter story;
    private Rows rows = null!;

    public OrphanedEntriesTests()
    {
        log = new InMemoryEventLog(clock);
        vault = new ListedVault(clock);
        story = new EventWriter(log, clock);
    }

    public async ValueTask InitializeAsync() => rows = await Rows.Create(new SqliteRows(), log, new ActivitiesProjection());

    public ValueTask DisposeAsync() => rows.DisposeAsync();

    [Fact]
    public async Task A_clock_that_is_suddenly_far_ahead_removes_no_entry()
    {
        await Sweep();
        await Put(Guid.NewGuid(), "of a sign-in in progress");
        clock.Advance(TimeSpan.FromDays(100));
        await Sweep();
        Assert.Single(vault.Entries);
    }

    [Fact]
    public async Task Entries_that_an_event_names_stay_including_those_of_earlier_credentials()
    {
        var id = await story.Connected("Shop");
        await story.Connection(id, EventWriter.Reconnected(2));
        await Put(id, "v1");
        await Put(id, "v2");
        clock.Advance(TimeSpan.FromDays(30));
        await Sweep();

        Assert.Equal(["v1", "v2"], vault.Entries);
    }

    [Fact]
    public async Task An_entry_that_no_event_names_is_removed_after_an_hour_and_not_before()
    {
        var id = await story.Connected("Shop");
        await Put(id, "v1");
        await Put(id, "orphan");
        await Put(Guid.NewGuid(), "without a stream");
        clock.Advance(TimeSpan.FromHours(1));
        await Sweep();
        Assert.Equal(3, vault.Entries.Count());

        clock.Advance(TimeSpan.FromTicks(1));
        await Sweep();
        Assert.Equal(["v1"], vault.Entries);
        await Sweep();
        Assert.Equal(["v1"], vault.Entries);
    }

    [Fact]
    public async Task The_newest_token_entries_and_those_of_a_refresh_in_progress_stay()
    {
        var id = await story.SignedIn("Mail", "mail");
        await story.Tokens(
            id,
            new TokenRefreshStarted(1, 1, "t-1"),
            new TokenRefreshed(1, 1, "t-1", clock.GetUtcNow(), true),
            new TokenRefreshStarted(1, 2, "t-2", "t-1"),
            new TokenRefreshed(1, 2, "t-2", clock.GetUtcNow(), true),
            new TokenRefreshStarted(1, 3, "t-3", "t-2"),
            new TokenRefreshTakenOver(1, 3, "t-4", "t-3", "t-2"));
        foreach (var entry in (string[])["v1", "t-1", "t-2", "t-3", "t-4", "s-verifier"]) await Put(id, entry);
        clock.Advance(TimeSpan.FromHours(2));
        await Sweep();

        Assert.Equal(["v1", "t-2", "t-3", "t-4"], vault.Entries);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_last_stage_of_an_activity_stays_until_the_activity_ends(bool ended)
    {
        var (id, activity) = (await story.Connected("Shop"), Guid.NewGuid());
        var (first, last) = (StageEntry.Create(activity, Guid.NewGuid()), StageEntry.Create(activity, Guid.NewGuid()));
        await story.Activity(
            activity,
            story.Over(id),
            story.Started(1, id),
            new ActivityStageSaved(1, first, id, Resumable: true),
            new ActivityStageSaved(1, last, id, Resumable: true));
        if (ended) await story.Activity(activity, EventWriter.Succeeded(id));
        foreach (var entry in (string[])["v1", first, last, StageEntry.Create(Guid.NewGuid(), Guid.NewGuid())]) await Put(id, entry);
        clock.Advance(TimeSpan.FromHours(2));
        await Sweep();

        Assert.Equal(ended ? ["v1"] : (string[])["v1", last], vault.Entries);
    }

    [Fact]
    public async Task An_abandoned_connection_names_nothing()
    {
        var id = Guid.NewGuid();
        await new ConnectionStreams(log).Handle(
            new ConnectionId(EventWriter.Workspace, id),
            new FenceConnection(Guid.NewGuid(), "c"),
            new EventMetadata(EventWriter.Workspace, "t"), default);
        await Put(id, "v1");
        clock.Advance(TimeSpan.FromHours(2));
        await Sweep();

        Assert.Empty(vault.Entries);
    }

    [Fact]
    public async Task Orphans_among_many_live_entries_are_found_page_by_page()
    {
        for (var i = 0; i < 1_200; i++)
        {
            var id = await story.Connected($"c{i}");
            await Put(id, "v1");
            if (i % 7 == 0) await Put(id, "orphan");
        }

        clock.Advance(TimeSpan.FromHours(2));
        await Sweep();

        Assert.Equal(1_200, vault.Entries.Count());
        Assert.DoesNotContain("orphan", vault.Entries);
    }

    private Task Put(Guid id, string entry) => vault.Put(new ConnectionId(EventWriter.Workspace, id), entry, Secret.None, default);

    private Task Sweep() => new RemoveOrphanedEntries(
        vault, log, Guards.Create(rows, rows, clock), NullLogger<RemoveOrphanedEntries>.Instance).Sweep(default);
}
