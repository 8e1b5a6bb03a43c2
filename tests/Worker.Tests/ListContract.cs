using Connections.Domain;
using Connections.Domain.Activity;
using Connections.Domain.Connection;
using Connections.ReadModels;
using Connections.ReadModels.Activities;
using Connections.ReadModels.Connections;
using Connections.ReadModels.Grants;
using Connections.ReadModels.Usage;
using Connections.ReadModels.Waits;
using EventSourcing;
using Microsoft.Extensions.Time.Testing;
using Worker.Tests.Harness;

namespace Worker.Tests;

/// <summary>The lists for people.</summary>
public abstract class ListContract(RowStore store) : IAsyncLifetime
{
    private readonly FakeTimeProvider clock = new(DateTimeOffset.Parse("2026-03-10T12:00:00Z", null));
    private EventWriter story = null!;
    private Rows rows = null!;
    private ConnectionQueries connections = null!;
    private ActivityQueries activities = null!;

    public async ValueTask InitializeAsync()
    {
        var log = new InMemoryEventLog(clock);
        story = new EventWriter(log, clock);
        rows = await Rows.Create(
            store, log, new ConnectionsProjection(), new GrantsProjection(new NoLimits()), new ActivitiesProjection(),
            new WaitsProjection(new WakeSignal()));
        (connections, activities) = (new ConnectionQueries(rows.Database), new ActivityQueries(rows.Database));
    }

    public ValueTask DisposeAsync() => rows.DisposeAsync();

    [Fact]
    public async Task Connections_are_listed_newest_first_page_by_page_without_the_deleted()
    {
        var ids = new List<Guid>();
        for (var i = 0; i < 5; i++) ids.Add(await Connected($"Shop {i}"));
        await story.Connection(ids[1], new ConnectionDeleted());
        await rows.Follow();

        var first = await connections.List(EventWriter.Workspace, Filter() with { Limit = 3 }, default);
        var second = await connections.List(EventWriter.Workspace, Filter() with { Limit = 3, After = first.Next }, default);

        Assert.Equal([ids[4], ids[3], ids[2], ids[0]], first.Items.Concat(second.Items).Select(v => v.Connection.Id));
        Assert.Null(second.Next);
    }

    [Theory]
    [InlineData("created")]
    [InlineData("attention")]
    [InlineData("name")]
    [InlineData("lastConnected")]
    [InlineData("expires")]
    public async Task Each_order_leads_through_all_connections_once(string sort)
    {
        var ids = new List<Guid>();
        for (var i = 0; i < 7; i++) ids.Add(await Connected($"Shop {i % 3}~{i}"));
        await story.Connection(ids[4], new ConnectionReauthRequired("invalid_grant", 1));
        await story.Connection(ids[1], EventWriter.Reconnected(2) with { RotateBy = clock.GetUtcNow().AddDays(9) });
        foreach (var i in (int[])[2, 5]) await story.Connection(ids[i], EventWriter.Reconnected(2) with { RotateBy = clock.GetUtcNow().AddDays(3) });
        await rows.Follow();

        var seen = new List<Guid>();
        string? after = null;
        do
        {
            var page = await connections.List(EventWriter.Workspace, Filter() with { Limit = 2, Sort = sort, After = after }, default);
            seen.AddRange(page.Items.Select(i => i.Connection.Id));
            after = page.Next;
        }
        while (after is not null);

        Assert.Equal(7, seen.Count);
        Assert.Equal(ids.Order(), seen.Order());
        if (sort == "attention") Assert.Equal(ids[4], seen[0]);
        if (sort == "expires") Assert.Equal([.. new[] { ids[2], ids[5] }.OrderBy(id => id.ToString(), StringComparer.Ordinal), ids[1]], seen.Take(3));
    }

    [Fact]
    public async Task A_cursor_of_a_list_with_a_status_is_a_place_in_the_list_of_all()
    {
        var ids = new List<Guid>();
        foreach (var name in (string[])["alpha", "bravo", "charlie", "delta"]) ids.Add(await Connected(name));
        await story.Connection(ids[3], new ConnectionReauthRequired("invalid_grant", 1));
        await rows.Follow();
        var filter = Filter() with { Limit = 1, Sort = "attention" };

        var first = await connections.List(EventWriter.Workspace, filter with { Status = "connected" }, default);
        var ofStatus = await connections.List(EventWriter.Workspace, filter with { Status = "connected", After = first.Next, Limit = 5 }, default);
        var ofAll = await connections.List(EventWriter.Workspace, filter with { After = first.Next, Limit = 5 }, default);

        Assert.Equal(ids[0], Assert.Single(first.Items).Connection.Id);
        Assert.Equal([ids[1], ids[2]], ofStatus.Items.Select(i => i.Connection.Id));
        Assert.Equal([ids[1], ids[2]], ofAll.Items.Select(i => i.Connection.Id));
    }

    [Fact]
    public async Task A_cursor_of_another_order_is_rejected()
    {
        for (var i = 0; i < 3; i++) await Connected($"Shop {i}");
        await rows.Follow();
        var page = await connections.List(EventWriter.Workspace, Filter() with { Limit = 2, Sort = "name" }, default);
        await Assert.ThrowsAsync<RejectedException>(() => connections.List(EventWriter.Workspace, Filter() with { After = page.Next }, default));
        await Assert.ThrowsAsync<RejectedException>(() => connections.List(EventWriter.Workspace, Filter() with { Sort = "size" }, default));
    }

    [Fact]
    public async Task Connections_are_counted_by_status_and_by_connector()
    {
        var ids = new[] { await Connected("alpha"), await Connected("bravo"), await Connected("charlie") };
        await story.Connection(ids[0], new ConnectionReauthRequired("invalid_grant", 1));
        await rows.Follow();

        var all = await connections.Counts(EventWriter.Workspace, default);
        var found = await connections.Counts(EventWriter.Workspace, Filter() with { Query = "alph", Status = "connected" }, default);
        Assert.Equal((1, 2), (all["reauthRequired"], all["connected"]));
        Assert.Equal(1, found["reauthRequired"]);
        Assert.Equal(3, (await connections.ByConnector(EventWriter.Workspace, default)).Values.Sum());
        Assert.Empty(await connections.Counts("another", default));
    }

    [Fact]
    public async Task Nothing_waits_in_a_workspace_without_activities()
    {
        var usage = new UsageQueries(rows.Database);
        Assert.Equal(0, (await usage.Waiting(new ConnectionId(EventWriter.Workspace, Guid.NewGuid()), default)).All);
        Assert.Equal(new Attention(0, 0, 0), await usage.Attention("another", clock.GetUtcNow(), default));
        Assert.Empty(await usage.WaitingByKind(EventWriter.Workspace, default));
    }

    [Fact]
    public async Task Waiting_activities_are_counted_by_the_reason_and_those_of_a_deleted_connection_wait_for_a_new_one()
    {
        var (shop, old) = (await Connected("Shop"), await Connected("Old"));
        await story.New(story.OverNamed("Shop"), EventWriter.Deferred(FailureKind.ReauthRequired, shop));
        await story.New(story.Over(shop), EventWriter.Deferred(FailureKind.Throttled, shop, until: clock.GetUtcNow().AddHours(1)));
        await story.New(story.OverNamed("Old"), EventWriter.Deferred(FailureKind.ReauthRequired, old));
        await story.New(story.OverNamed("Old"), EventWriter.Deferred(FailureKind.Unavailable, old, until: clock.GetUtcNow().AddHours(1)));
        await story.Connection(old, new ConnectionDeleted());
        await rows.Follow();

        var waiting = await new UsageQueries(rows.Database).WaitingByKind(EventWriter.Workspace, default);
        Assert.Equal(
            [("connectionDeleted", 2), ("reauthRequired", 1), ("throttled", 1)], waiting.Select(w => (w.Kind, w.Number)).Order());
        Assert.Empty(await new UsageQueries(rows.Database).WaitingByKind("another", default));
    }

    [Fact]
    public async Task A_page_of_the_largest_activities_ends_early_and_the_next_one_continues()
    {
        var shop = await Connected("Shop");
        var large = new string('x', 300_000);
        var ids = new List<Guid>();
        for (var i = 0; i < 30; i++)
        {
            clock.Advance(TimeSpan.FromSeconds(1));
            ids.Add(await story.New(story.Over(shop) with { Input = large }));
        }

        await rows.Follow();
        var (found, cursor, pages) = (new List<Guid>(), (string?)null, 0);
        do
        {
            var page = await activities.List(EventWriter.Workspace, new ActivityFilter(null, null, null, 1_000, Cursor.Parse(cursor)), default);
            Assert.InRange(page.Items.Count, 1, 14); // 14 rows are more than 4 MB
            found.AddRange(page.Items.Select(v => v.Id));
            (cursor, pages) = (page.Next, pages + 1);
        }
        while (cursor is not null);

        ids.Reverse();
        Assert.Equal(ids, found);
        Assert.InRange(pages, 3, 30);
    }

    [Fact]
    public async Task Connections_are_found_by_name_connector_and_status()
    {
        var (shop, percent) = (await Connected("Büro-Shop"), await Connected("100% done"));
        var gone = await Connected("Gone");
        await story.Connection(gone, new ConnectionDeleted());
        await rows.Follow();

        Assert.Equal([shop], await Listed(Filter() with { Query = "BÜRO" }));
        Assert.Equal([percent], await Listed(Filter() with { Query = "0% D" }));
        Assert.Empty(await Listed(Filter() with { Query = "0_ d" }));
        Assert.Equal([gone], await Listed(Filter() with { Status = "deleted" }));
        Assert.Equal(2, (await Listed(Filter() with { Connector = ProbedConnector.Id })).Count);
        Assert.Empty(await Listed(Filter() with { Connector = "other" }));
        Assert.Equal(shop, (await connections.Named(EventWriter.Workspace, ProbedConnector.Id, "büro-SHOP", default))?.Id);
        Assert.Null(await connections.Named(EventWriter.Workspace, ProbedConnector.Id, "Gone", default));
        Assert.False(await connections.Unreachable(new ConnectionId(EventWriter.Workspace, shop), default));
    }

    [Fact]
    public async Task Connections_whose_sign_in_is_expected_to_expire_are_found()
    {
        await Connected("Typed");
        var (mail, files) = (await story.SignedIn("Mail", "mail"), await story.SignedIn("Files", "files"));
        await story.Connection(files, new ConnectionReauthRequired("no", 1));
        await rows.Follow();

        var end = clock.GetUtcNow().AddDays(90);
        Assert.Equal([mail], await Listed(Filter() with { ExpiresBefore = end }));
        Assert.Empty(await Listed(Filter() with { ExpiresBefore = end.AddTicks(-1) }));
        Assert.Equal(3, (await Listed(Filter())).Count);
    }

    [Fact]
    public async Task Activities_are_found_by_connection_status_and_workflow()
    {
        var (one, two) = (await Connected("One"), await Connected("Two"));
        var done = await Request(one, "payroll", story.Started(1, one), EventWriter.Succeeded(one));
        var open = await Request(one, null);
        var theirs = await Request(two, "payroll");
        await rows.Follow();

        Assert.Equal([theirs, open, done], await Listed(Activities()));
        Assert.Equal([open, done], await Listed(Activities() with { ConnectionId = one }));
        Assert.Equal([done], await Listed(Activities() with { Status = "succeeded" }));
        Assert.Equal([theirs, done], await Listed(Activities() with { Workflow = "payroll" }));
        Assert.Equal([theirs], await Listed(Activities() with { Workflow = "payroll", Status = "requested", ConnectionId = two }));
        Assert.Equal(clock.GetUtcNow() - TimeSpan.FromSeconds(2), await activities.LastUse(new ConnectionId(EventWriter.Workspace, one), default));
        Assert.Null(await activities.LastUse(new ConnectionId(EventWriter.Workspace, two), default));
    }

    [Fact]
    public async Task Text_that_no_database_accepts_holds_nothing_up_and_is_found()
    {
        const string odd = "pay\0roll \ud800";
        var connection = await Connected("One");
        var id = await Request(connection, odd);
        var named = await story.New(story.OverNamed(odd) with { Connector = odd });
        await rows.Follow();

        Assert.Equal([id], await Listed(Activities() with { Workflow = odd, ConnectionId = connection }));
        Assert.Contains(named, await Listed(Activities()));
        Assert.Empty(await Listed(Activities() with { Status = "\0", After = new Cursor(long.MaxValue, "\0") }));
        Assert.Empty(await Listed(Filter() with { Status = "\0", Connector = "\0" }));
    }

    private static ConnectionFilter Filter() => new(null, null, null, null, 100);

    private static ActivityFilter Activities() => new(null, null, null, 100, Cursor.Start);

    private async Task<IReadOnlyList<Guid>> Listed(ConnectionFilter filter) =>
        [.. (await connections.List(EventWriter.Workspace, filter, default)).Items.Select(v => v.Connection.Id)];

    private async Task<IReadOnlyList<Guid>> Listed(ActivityFilter filter) =>
        [.. (await activities.List(EventWriter.Workspace, filter, default)).Items.Select(v => v.Id)];

    private Task<Guid> Connected(string name)
    {
        clock.Advance(TimeSpan.FromSeconds(1));
        return story.Connected(name);
    }

    private Task<Guid> Request(Guid connection, string? workflow, params ActivityEvent[] more)
    {
        clock.Advance(TimeSpan.FromSeconds(1));
        return story.New(story.Over(connection) with { Caller = workflow is null ? null : new Caller(workflow) }, more);
    }
}
