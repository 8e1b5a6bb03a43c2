namespace Connections.ReadModels.Connections;

/// <summary>The SQL of a page of connections: <c>view</c>, the view of the grant, and the number and the text of the order.</summary>
internal static class ConnectionListSql
{
    public static string Page(ConnectionFilter filter, ConnectionOrder order, string after) => order.IsByEnd ? ByEnd(filter, after) :
        $"""
        SELECT c.view, g.view, {order.Number}, {order.Text}
        FROM {From(filter, grants: true)} WHERE {Matches(filter)} {after} ORDER BY {order.Sql} LIMIT @Limit
        """;

    /// <summary>
    /// The tables of a filter. A filter by end reads the grants that end by then, and their connections: SQLite keeps the order of a cross join.
    /// </summary>
    public static string From(ConnectionFilter filter, bool grants) => (filter.ExpiresBefore, grants) switch
    {
        (not null, _) => "grants g CROSS JOIN connections c",
        (_, true) => "connections c LEFT JOIN grants g ON g.workspace = c.workspace AND g.id = c.id",
        _ => "connections c"
    };

    /// <summary>Only the conditions that the filter has, so that the database can use its indexes and count without reading the rows.</summary>
    public static string Matches(ConnectionFilter filter) => string.Join(" AND ", new[]
    {
        "c.workspace = @Workspace",
        filter.Connector is null ? null : "c.connector = @Connector",
        filter.Status is null ? "c.status <> 'deleted'" : "c.status = @Status",
        filter.Query is null ? null : @"(c.name_key LIKE @Query ESCAPE '\' OR c.search LIKE @Query ESCAPE '\')",
        filter.ExpiresBefore is null ? null
            : "g.workspace = @Workspace AND g.expires_at <= @ExpiresBefore AND c.workspace = g.workspace AND c.id = g.id"
    }.OfType<string>());

    // Two parts, each in the order of an index: the connections with an end, then those without.
    private static string ByEnd(ConnectionFilter filter, string after)
    {
        var ending =
            $"""
            SELECT c.view AS view, g.view AS grant_view, g.expires_at AS number, '' AS text, c.id AS id
            FROM grants g CROSS JOIN connections c
            WHERE g.workspace = @Workspace AND g.expires_at IS NOT NULL AND c.workspace = g.workspace AND c.id = g.id AND {Matches(filter)}
            {(after == ConnectionOrder.EndlessAfter ? "AND 1 = 0" : after)} ORDER BY g.expires_at, g.id LIMIT @Limit
            """;
        var endless =
            $"""
            SELECT c.view AS view, g.view AS grant_view, {ConnectionOrder.Never} AS number, '' AS text, c.id AS id
            FROM connections c LEFT JOIN grants g ON g.workspace = c.workspace AND g.id = c.id
            WHERE {Matches(filter)} AND g.expires_at IS NULL
            {(after == ConnectionOrder.EndlessAfter ? after : "")} ORDER BY c.id LIMIT @Limit
            """;
        var parts = filter.ExpiresBefore is null ? $"SELECT * FROM ({ending}) AS ending UNION ALL SELECT * FROM ({endless}) AS endless" : ending;
        return $"SELECT view, grant_view, number, text FROM ({parts}) AS page ORDER BY number, id LIMIT @Limit";
    }
}
