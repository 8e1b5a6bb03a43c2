using System.Text.RegularExpressions;
using Connections.ReadModels;
using Connections.ReadModels.Activities;
using Connections.ReadModels.Connections;
using Connections.ReadModels.Grants;
using Dapper;
using EventSourcing;
using Worker.Tests.Harness;

namespace Worker.Tests;

/// <summary>A page of a list starts in an index at its cursor, so that the last page costs what the first does.</summary>
public abstract class ListPlanContract(RowStore store)
{
    [Theory]
    [InlineData("created", null, null, "connections_by_age", "created_at")]
    [InlineData("attention", null, null, "connections_by_attention", "attention")]
    [InlineData("name", null, null, "connections_by_key", "name_key")]
    [InlineData("lastConnected", null, null, "connections_by_last", "last_connected_at")]
    [InlineData("expires", null, null, "grants_by_end", "expires_at")]
    [InlineData("created", "connected", null, "connections_of_status_by_age", "created_at")]
    [InlineData("attention", "connected", null, "connections_of_status_by_key", "name_key")]
    [InlineData("name", "connected", null, "connections_of_status_by_key", "name_key")]
    [InlineData("lastConnected", "connected", null, "connections_of_status_by_last", "last_connected_at")]
    [InlineData("created", null, "postgres", "connections_of_connector_by_age", "created_at")]
    [InlineData("attention", null, "postgres", "connections_of_connector_by_attention", "attention")]
    [InlineData("created", "unreachable", "postgres", "connections_of_both_by_age", "created_at")]
    [InlineData("attention", "unreachable", "postgres", "connections_of_both_by_key", "name_key")]
    public async Task A_page_of_connections_starts_at_its_cursor(string sort, string? status, string? connector, string index, string column)
    {
        await using var rows = await Rows.Create(store, new InMemoryEventLog(), new ConnectionsProjection(), new GrantsProjection(new NoLimits()));
        var order = ConnectionOrder.From(sort, status is not null);
        var parameters = new DynamicParameters(new { Workspace = "w", Status = status, Connector = connector, Limit = 10 });
        var after = order.After(order.Cursor(1, "a", Guid.NewGuid()), parameters);
        var page = ConnectionListSql.Page(new ConnectionFilter(connector, status, null, null, 10, null, sort), order, after);
        var plan = await rows.Plan(page.First(), parameters);
        StartsAtCursor(plan, index, column);
        Assert.DoesNotContain(plan, store.SortsAll);
    }

    [Fact]
    public async Task A_filter_by_end_reads_only_what_ends_by_then()
    {
        await using var rows = await Rows.Create(store, new InMemoryEventLog(), new ConnectionsProjection(), new GrantsProjection(new NoLimits()));
        var filter = new ConnectionFilter(null, null, null, DateTimeOffset.UnixEpoch, 10);
        var plan = await rows.Plan(
            ConnectionListSql.Page(filter, ConnectionOrder.From(null), "").Single(), new { Workspace = "w", ExpiresBefore = 1L, Limit = 10 });
        StartsAtCursor(plan, "grants_by_end", "expires_at");
    }

    [Theory]
    [InlineData(null, null, null, "activities_by_age")]
    [InlineData("c", null, null, "activities_by_connection")]
    [InlineData(null, "unknown", null, "activities_by_status")]
    [InlineData(null, null, "payroll", "activities_by_workflow")]
    public async Task A_page_of_activities_starts_at_its_cursor(string? connection, string? status, string? workflow, string index)
    {
        await using var rows = await Rows.Create(store, new InMemoryEventLog(), new ActivitiesProjection());
        var filter = new ActivityFilter(connection is null ? null : Guid.NewGuid(), status, workflow, 10, Cursor.Start);
        var plan = await rows.Plan(
            ActivityQueries.ListSql(filter),
            new { workspace = "w", Ticks = 1L, Id = "i", ConnectionId = connection, Status = status, Workflow = workflow, Limit = 10 });
        StartsAtCursor(plan, index, "requested_at");
    }

    private void StartsAtCursor(IReadOnlyList<string> plan, string index, string column)
    {
        var text = string.Join('\n', plan);
        TestContext.Current.TestOutputHelper?.WriteLine(text);
        Assert.Matches(new Regex(store.ByIndex + index + store.FromCursor(column)), text);
    }
}
