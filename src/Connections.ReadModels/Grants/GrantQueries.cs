using System.Text.Json;
using Connections.Domain;
using Dapper;
using EventSourcing;
using EventSourcing.Sql;

namespace Connections.ReadModels.Grants;

/// <summary>Queries over sign-ins; the rows may lag behind the log.</summary>
public sealed class GrantQueries(ReadModelDatabase database)
{
    internal const string WarnSql = "SELECT view FROM grants WHERE warn_at <= @Now ORDER BY warn_at LIMIT @limit";

    internal const string WarmSql = "SELECT view FROM grants WHERE warm_at <= @Now ORDER BY warm_at LIMIT @limit";

    internal const string ManyEventsSql =
        """
        SELECT view FROM grants WHERE token_revision >= 100 AND (workspace, id) > (@Workspace, @Id)
        ORDER BY workspace, id LIMIT @limit
        """;

    /// <summary>Grants for which a warning is due, the longest due first.</summary>
    public Task<IReadOnlyList<GrantView>> DueForWarning(DateTimeOffset now, int limit, CancellationToken ct) =>
        Find(WarnSql, new { Now = now.UtcTicks, limit }, ct);

    /// <summary>Grants that have an idle limit and were not used for days, the longest unused first.</summary>
    public Task<IReadOnlyList<GrantView>> DueForWarmth(DateTimeOffset now, int limit, CancellationToken ct) =>
        Find(WarmSql, new { Now = now.UtcTicks, limit }, ct);

    /// <summary>A page of grants whose token stream has a hundred events or more.</summary>
    public Task<IReadOnlyList<GrantView>> WithManyEvents(ConnectionId? after, int limit, CancellationToken ct) =>
        Find(ManyEventsSql, new { Workspace = after?.Workspace ?? "", Id = after?.Value.ToString() ?? "", limit }, ct);

    internal static GrantView? View(string? json) => json is null ? null : JsonSerializer.Deserialize<GrantView>(json, EventTypes.Json);

    private async Task<IReadOnlyList<GrantView>> Find(string sql, object parameters, CancellationToken ct)
    {
        await using var connection = await database.Sql.Open(ct);
        return [.. (await connection.QueryAsync<string>(sql, parameters)).Select(r => View(r)!)];
    }
}
