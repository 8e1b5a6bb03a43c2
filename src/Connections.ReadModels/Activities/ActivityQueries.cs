using System.Text.Json;
using Connections.Domain;
using Connections.Domain.Activity;
using Dapper;
using EventSourcing;
using EventSourcing.Sql;

namespace Connections.ReadModels.Activities;

public sealed record ActivityFilter(Guid? ConnectionId, string? Status, string? Workflow, int Limit, Cursor After);

/// <summary>Queries over many activities; the rows may lag behind the log.</summary>
public sealed class ActivityQueries(ReadModelDatabase database)
{
    private const string Succeeded = "succeeded";

    // Rows hold the sealed inputs and outputs. A page ends early rather than hold a thousand of the largest.
    private const int MaxPageCharacters = 4 * 1024 * 1024;

    /// <summary>Only the conditions that the filter has, so that the database can start in an index at the cursor.</summary>
    internal static string ListSql(ActivityFilter filter) => string.Join(' ', new[]
    {
        "SELECT view FROM activities WHERE workspace = @workspace AND requested_at <= @Ticks AND (requested_at < @Ticks OR id > @Id)",
        filter.ConnectionId is null ? null : "AND connection_id = @ConnectionId",
        filter.Status is null ? null : "AND status = @Status",
        filter.Status is null or Succeeded ? null : $"AND status <> '{Succeeded}'",
        filter.Workflow is null ? null : "AND workflow = @Workflow",
        "ORDER BY requested_at DESC, id LIMIT @Limit"
    }.OfType<string>());

    public async Task<Page<ActivityView>> List(string workspace, ActivityFilter filter, CancellationToken ct)
    {
        await using var connection = await database.Sql.Open(ct);
        var rows = connection.QueryUnbufferedAsync<string>(
            ListSql(filter),
            new
            {
                workspace,
                filter.After.Ticks,
                Id = StoredText.Clean(filter.After.Id),
                ConnectionId = filter.ConnectionId?.ToString(),
                Status = StoredText.Clean(filter.Status),
                Workflow = StoredText.Clean(filter.Workflow),
                Limit = filter.Limit + 1
            });
        var (views, characters) = (new List<ActivityView>(), 0);
        await foreach (var row in rows.WithCancellation(ct))
        {
            characters += row.Length;
            if (views.Count == filter.Limit || (views.Count > 0 && characters > MaxPageCharacters))
                return new Page<ActivityView>(views, new Cursor(views[^1].RequestedAt.UtcTicks, views[^1].Id.ToString()).ToString());
            views.Add(View(row)!);
        }

        return new Page<ActivityView>(views, null);
    }

    /// <summary>The time of the last activity that succeeded with the connection; null if there is none.</summary>
    public async Task<DateTimeOffset?> LastUse(ConnectionId connection, CancellationToken ct)
    {
        await using var db = await database.Sql.Open(ct);
        var ticks = await db.ExecuteScalarAsync<long?>(
            "SELECT at FROM connection_use WHERE workspace = @Workspace AND id = @Id", new { connection.Workspace, Id = connection.Value.ToString() });
        return ticks is { } t ? new DateTimeOffset(t, TimeSpan.Zero) : null;
    }

    internal static ActivityView? View(string? json) => json is null ? null : JsonSerializer.Deserialize<ActivityView>(json, EventTypes.Json);

    internal static string Text(ActivityStatus status) => JsonNamingPolicy.CamelCase.ConvertName(status.ToString());
}
