using System.Text.Json;
using Connections.Domain;
using Connections.Domain.Activity;
using Dapper;
using EventSourcing;
using EventSourcing.Sql;

namespace Connections.ReadModels.Activities;

/// <summary>The list of activities, by connection, status and workflow; and the time of the last success per connection.</summary>
public sealed class ActivitiesProjection : ViewProjection<ActivityView>
{
    internal const string LoopName = "activities";

    public override string Name => LoopName;

    public override IReadOnlyList<string> Prefixes { get; } = [ActivityId.Category];

    public override Migrations Tables { get; } = new(
        "activities",
        """
        CREATE TABLE activities (
            workspace TEXT NOT NULL, id TEXT NOT NULL, connection_id TEXT NULL, status TEXT NOT NULL, workflow TEXT NULL,
            requested_at BIGINT NOT NULL, finished_at BIGINT NULL, view TEXT NOT NULL, PRIMARY KEY (workspace, id));
        CREATE INDEX activities_by_age ON activities (workspace, requested_at, id);
        CREATE INDEX activities_oldest ON activities (requested_at);
        CREATE INDEX activities_ended ON activities (finished_at, workspace, id) WHERE finished_at IS NOT NULL;
        CREATE INDEX activities_by_connection ON activities (workspace, connection_id, requested_at);
        CREATE TABLE connection_use (workspace TEXT NOT NULL, id TEXT NOT NULL, at BIGINT NOT NULL, PRIMARY KEY (workspace, id));
        """,
        // Most activities succeed: they have no entry in the index by status, which lists those that people look for.
        """
        CREATE INDEX activities_by_status ON activities (workspace, status, requested_at, id) WHERE status <> 'succeeded';
        CREATE INDEX activities_by_workflow ON activities (workspace, workflow, requested_at, id) WHERE workflow IS NOT NULL;
        """);

    protected override ActivityView? Evolve(ActivityView? was, RecordedEvent recorded) => ActivityView.Evolve(was, recorded);

    protected override async Task<ActivityView?> Load(string stream, SqlWrite write)
    {
        var id = ActivityId.Parse(stream);
        return ActivityQueries.View(await write.Connection.ExecuteScalarAsync<string?>(
            "SELECT view FROM activities WHERE workspace = @Workspace AND id = @Id",
            new { id.Workspace, Id = id.Value.ToString() },
            write.Transaction));
    }

    protected override SqlStatement Save(ActivityView view) => new(
        """
        INSERT INTO activities (workspace, id, connection_id, status, workflow, requested_at, finished_at, view)
        VALUES (@Workspace, @Id, @ConnectionId, @Status, @Workflow, @RequestedAt, @FinishedAt, @View)
        ON CONFLICT (workspace, id) DO UPDATE SET
            connection_id = excluded.connection_id, status = excluded.status, finished_at = excluded.finished_at,
            view = excluded.view
        """,
        new
        {
            view.Workspace,
            Id = view.Id.ToString(),
            ConnectionId = view.ConnectionId?.ToString(),
            Status = ActivityQueries.Text(view.Status),
            Workflow = StoredText.Clean(view.Request.Caller?.Workflow),
            RequestedAt = view.RequestedAt.UtcTicks,
            FinishedAt = view.FinishedAt?.UtcTicks,
            View = JsonSerializer.Serialize(view, EventTypes.Json)
        });

    protected override Task Saved(IReadOnlyList<ActivityView> views, SqlWrite write) => write.Connection.ExecuteAsync(
        """
        INSERT INTO connection_use (workspace, id, at) VALUES (@Workspace, @Id, @At)
        ON CONFLICT (workspace, id) DO UPDATE SET at = CASE WHEN excluded.at > connection_use.at THEN excluded.at ELSE connection_use.at END
        """,
        views.Where(v => v is { Status: ActivityStatus.Succeeded, ConnectionId: not null })
            .GroupBy(v => (v.Workspace, v.ConnectionId))
            .Select(used => new
            {
                used.Key.Workspace,
                Id = used.Key.ConnectionId.ToString(),
                At = used.Max(v => v.FinishedAt)!.Value.UtcTicks
            }),
        write.Transaction);
}
