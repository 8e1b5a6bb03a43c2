using System.Text.Json;
using Connections.Domain;
using Connections.Domain.Connection;
using Connections.ReadModels.Grants;
using Dapper;
using EventSourcing;
using EventSourcing.Sql;

namespace Connections.ReadModels.Connections;

/// <param name="ExpiresBefore">Only connections whose sign-in is expected to end by then.</param>
/// <param name="Query">Must occur in the name, the account, the host or the id of the connector.</param>
/// <param name="After">The cursor of the page before; null for the first page.</param>
/// <param name="Sort">One of <c>created</c>, <c>attention</c>, <c>name</c>, <c>lastConnected</c>, <c>expires</c>; null for the newest first.</param>
public sealed record ConnectionFilter(
    string? Connector, string? Status, string? Query, DateTimeOffset? ExpiresBefore, int Limit, string? After = null, string? Sort = null);

/// <param name="Grant">Null without sign-in and rotation date.</param>
public sealed record ListedConnection(ConnectionView Connection, GrantView? Grant);

/// <summary>Queries over connections in the read model, which may lag behind the log.</summary>
public sealed class ConnectionQueries(ReadModelDatabase database)
{
    internal const string DueSql =
        "SELECT workspace, id FROM connections WHERE check_at <= @Now ORDER BY check_at LIMIT @limit";

    internal const string SecretsLeftSql =
        """
        SELECT workspace, id FROM connections WHERE secrets_left = 1 AND (workspace, id) > (@Workspace, @Id)
        ORDER BY workspace, id LIMIT @limit
        """;

    /// <summary>A page in the order of the filter.</summary>
    /// <exception cref="RejectedException"><c>request.malformed</c>: the cursor is not one of this order.</exception>
    public async Task<Page<ListedConnection>> List(string workspace, ConnectionFilter filter, CancellationToken ct)
    {
        var order = ConnectionOrder.From(filter.Sort, filter.Status is not null);
        var parameters = Parameters(workspace, filter);
        var after = order.After(filter.After, parameters);
        parameters.Add("Limit", filter.Limit + 1);
        await using var connection = await database.Sql.Open(ct);
        var found = new List<(string View, string? Grant, long Number, string Text)>();
        foreach (var part in ConnectionListSql.Page(filter, order, after).TakeWhile(_ => found.Count <= filter.Limit))
            found.AddRange(await connection.QueryAsync<(string View, string? Grant, long Number, string Text)>(part, parameters));
        var items = found.Take(filter.Limit).Select(r => new ListedConnection(View(r.View)!, GrantQueries.View(r.Grant))).ToList();
        var next = found.Count > filter.Limit
            ? order.Cursor(found[filter.Limit - 1].Number, found[filter.Limit - 1].Text, items[^1].Connection.Id)
            : null;
        return new Page<ListedConnection>(items, next);
    }

    /// <summary>The number of connections by status that match the filter, whatever its status, order and page.</summary>
    public async Task<IReadOnlyDictionary<string, long>> Counts(string workspace, ConnectionFilter filter, CancellationToken ct)
    {
        var any = filter with { Status = null };
        await using var connection = await database.Sql.Open(ct);
        var counts = await connection.QueryAsync<(string Status, long Number)>(
            $"SELECT c.status, COUNT(*) FROM {ConnectionListSql.From(any, grants: false)} WHERE {ConnectionListSql.Matches(any)} GROUP BY c.status",
            Parameters(workspace, any));
        return counts.ToDictionary(c => c.Status, c => c.Number);
    }

    /// <summary>The number of connections by status.</summary>
    public async Task<IReadOnlyDictionary<string, long>> Counts(string workspace, CancellationToken ct)
    {
        await using var connection = await database.Sql.Open(ct);
        var counts = await connection.QueryAsync<(string Status, long Number)>(
            "SELECT status, COUNT(*) FROM connections WHERE workspace = @workspace AND status <> 'deleted' GROUP BY status", new { workspace });
        return counts.ToDictionary(c => c.Status, c => c.Number);
    }

    /// <summary>The number of connections by connector.</summary>
    public async Task<IReadOnlyDictionary<string, long>> ByConnector(string workspace, CancellationToken ct)
    {
        await using var connection = await database.Sql.Open(ct);
        var counts = await connection.QueryAsync<(string Connector, long Number)>(
            "SELECT connector, COUNT(*) FROM connections WHERE workspace = @workspace AND status <> 'deleted' GROUP BY connector", new { workspace });
        return counts.ToDictionary(c => c.Connector, c => c.Number);
    }

    private static DynamicParameters Parameters(string workspace, ConnectionFilter filter) => new(new
    {
        Workspace = workspace,
        Connector = StoredText.Clean(filter.Connector),
        Status = StoredText.Clean(filter.Status),
        Query = filter.Query is null ? null : StoredText.Clean($"%{Like(ConnectionName.Key(filter.Query))}%"),
        ExpiresBefore = filter.ExpiresBefore?.UtcTicks
    });

    public async Task<ConnectionView?> Find(ConnectionId id, CancellationToken ct)
    {
        await using var connection = await database.Sql.Open(ct);
        return View(await connection.ExecuteScalarAsync<string?>(
            "SELECT view FROM connections WHERE workspace = @Workspace AND id = @Id", new { id.Workspace, Id = id.Value.ToString() }));
    }

    /// <summary>The names of connections; those that the read model does not have are left out.</summary>
    /// <param name="ids">At most some thousands.</param>
    public async Task<IReadOnlyDictionary<Guid, string>> Names(string workspace, IEnumerable<Guid> ids, CancellationToken ct)
    {
        await using var connection = await database.Sql.Open(ct);
        var rows = await connection.QueryAsync<(string Id, string Name)>(
            $"SELECT id, name FROM connections WHERE workspace = @workspace AND {database.Sql.In("id", "Ids")}",
            new { workspace, Ids = JsonSerializer.Serialize(ids) });
        return rows.ToDictionary(r => Guid.Parse(r.Id), r => r.Name);
    }

    public async Task<bool> Unreachable(ConnectionId id, CancellationToken ct)
    {
        await using var connection = await database.Sql.Open(ct);
        return await connection.ExecuteScalarAsync<int>(
            "SELECT COUNT(*) FROM connections WHERE workspace = @Workspace AND id = @Id AND status = 'unreachable'",
            new { id.Workspace, Id = id.Value.ToString() }) > 0;
    }

    /// <summary>The connection that has the name now; null if there is none.</summary>
    public async Task<ConnectionView?> Named(string workspace, string connector, string name, CancellationToken ct)
    {
        await using var connection = await database.Sql.Open(ct);
        return View(await connection.ExecuteScalarAsync<string?>(
            """
            SELECT view FROM connections
            WHERE workspace = @workspace AND connector = @connector AND name_key = @Key AND status <> 'deleted'
            """,
            new { workspace, connector = StoredText.Clean(connector), Key = StoredText.Clean(ConnectionName.Key(name)) }));
    }

    /// <summary>The connections whose check is due, the longest overdue first.</summary>
    public async Task<IReadOnlyList<ConnectionId>> DueForCheck(DateTimeOffset now, int limit, CancellationToken ct)
    {
        await using var connection = await database.Sql.Open(ct);
        var rows = await connection.QueryAsync<(string Workspace, string Id)>(DueSql, new { Now = now.UtcTicks, limit });
        return [.. rows.Select(r => new ConnectionId(r.Workspace, Guid.Parse(r.Id)))];
    }

    /// <summary>A page of deleted connections without an event that their secrets were destroyed.</summary>
    public async Task<IReadOnlyList<ConnectionId>> SecretsLeft(
        ConnectionId? after, int limit, CancellationToken ct)
    {
        await using var connection = await database.Sql.Open(ct);
        var rows = await connection.QueryAsync<(string Workspace, string Id)>(
            SecretsLeftSql, new { Workspace = after?.Workspace ?? "", Id = after?.Value.ToString() ?? "", limit });
        return [.. rows.Select(r => new ConnectionId(r.Workspace, Guid.Parse(r.Id)))];
    }

    internal static ConnectionView? View(string? json) =>
        json is null ? null : JsonSerializer.Deserialize<ConnectionView>(json, EventTypes.Json);

    internal static string Text(ConnectionStatus status) => JsonNamingPolicy.CamelCase.ConvertName(status.ToString());

    private static string Like(string text) =>
        text.Replace(@"\", @"\\", StringComparison.Ordinal).Replace("%", @"\%", StringComparison.Ordinal).Replace("_", @"\_", StringComparison.Ordinal);
}
