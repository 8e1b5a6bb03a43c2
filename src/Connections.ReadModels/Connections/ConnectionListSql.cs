namespace Connections.ReadModels.Connections;

/// <summary>The SQL of a page of connections: <c>view</c>, the view of the grant, and the number and the text of the order.</summary>
internal static class ConnectionListSql
{
    /// <returns>One query, or several whose rows follow each other. A page that is full needs no further one.</returns>
    public static IEnumerable<string> Page(ConnectionFilter filter, ConnectionOrder order, string after) => order.IsByEnd ? ByEnd(filter, after) :
    [
        $"""
        SELECT c.view, g.view, {order.Number}, {order.Text}
        FROM {From(filter, grants: true)} WHERE {Matches(filter)} {after} ORDER BY {order.Sql} LIMIT @Limit
        """
    ];

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

    // Each part is in the order of an index: the connections with an end, then those without.
    private static IEnumerable<string> ByEnd(ConnectionFilter filter, string after)
    {
        if (after != ConnectionOrder.EndlessAfter)
        {
            yield return
                $"""
                SELECT c.view, g.view, g.expires_at, ''
                FROM grants g CROSS JOIN connections c
                WHERE g.workspace = @Workspace AND g.expires_at IS NOT NULL AND c.workspace = g.workspace AND c.id = g.id AND {Matches(filter)}
                {after} ORDER BY g.expires_at, g.id LIMIT @Limit
                """;
        }

        if (filter.ExpiresBefore is not null) yield break;
        yield return
            $"""
            SELECT c.view, g.view, {ConnectionOrder.Never}, ''
            FROM connections c LEFT JOIN grants g ON g.workspace = c.workspace AND g.id = c.id
            WHERE {Matches(filter)} AND g.expires_at IS NULL
            {(after == ConnectionOrder.EndlessAfter ? after : "")} ORDER BY c.id LIMIT @Limit
            """;
    }
}
