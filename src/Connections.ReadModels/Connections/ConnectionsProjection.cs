using System.Text.Json;
using Connections.Domain;
using Connections.Domain.Connection;
using Dapper;
using EventSourcing;
using EventSourcing.Sql;

namespace Connections.ReadModels.Connections;

/// <summary>The list of connections, by status, connector and name, and the times of their next checks.</summary>
public sealed class ConnectionsProjection : ViewProjection<ConnectionView>
{
    public override string Name => "connections";

    public override IReadOnlyList<string> Prefixes { get; } = [ConnectionId.Category];

    /// <summary>Short, because workers look up connections here.</summary>
    public override TimeSpan Pace => TimeSpan.FromMilliseconds(5);

    public override Migrations Tables { get; } = new(
        "connections",
        """
        CREATE TABLE connections (
            workspace TEXT NOT NULL, id TEXT NOT NULL, connector TEXT NOT NULL, name TEXT NOT NULL, name_key TEXT NOT NULL,
            status TEXT NOT NULL, created_at BIGINT NOT NULL, check_at BIGINT NULL, secrets_left INTEGER NOT NULL,
            view TEXT NOT NULL, PRIMARY KEY (workspace, id));
        CREATE INDEX connections_by_age ON connections (workspace, created_at, id);
        CREATE INDEX connections_by_name ON connections (workspace, connector, name_key);
        CREATE INDEX connections_due ON connections (check_at) WHERE check_at IS NOT NULL;
        CREATE INDEX connections_secrets ON connections (workspace, id) WHERE secrets_left = 1;
        """);

    protected override ConnectionView? Evolve(ConnectionView? was, RecordedEvent recorded) => ConnectionView.Evolve(was, recorded);

    protected override async Task<ConnectionView?> Load(string stream, SqlWrite write)
    {
        var id = ConnectionId.Parse(stream);
        return ConnectionQueries.View(await write.Connection.ExecuteScalarAsync<string?>(
            "SELECT view FROM connections WHERE workspace = @Workspace AND id = @Id",
            new { id.Workspace, Id = id.Value.ToString() },
            write.Transaction));
    }

    protected override SqlStatement Save(ConnectionView view) => new(
        """
        INSERT INTO connections (workspace, id, connector, name, name_key, status, created_at, check_at, secrets_left, view)
        VALUES (@Workspace, @Id, @Connector, @Name, @NameKey, @Status, @CreatedAt, @CheckAt, @SecretsLeft, @View)
        ON CONFLICT (workspace, id) DO UPDATE SET
            name = excluded.name, name_key = excluded.name_key, status = excluded.status, check_at = excluded.check_at,
            secrets_left = excluded.secrets_left, view = excluded.view
        """,
        new
        {
            view.Workspace,
            Id = view.Id.ToString(),
            view.Connector,
            view.Name,
            NameKey = ConnectionName.Key(view.Name),
            Status = ConnectionQueries.Text(view.Status),
            CreatedAt = view.CreatedAt.UtcTicks,
            CheckAt = CheckSchedule.Due(view)?.UtcTicks,
            SecretsLeft = view is { Status: ConnectionStatus.Deleted, SecretsDestroyed: false } ? 1 : 0,
            View = JsonSerializer.Serialize(view, EventTypes.Json)
        });
}
