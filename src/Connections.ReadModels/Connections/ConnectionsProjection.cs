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
    private static readonly string[] HostSettings = ["host", "imapHost", "smtpHost", "baseUrl"];

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
        """,
        // Rows of an earlier version have no search text until their next event, such as the daily check.
        """
        ALTER TABLE connections ADD COLUMN attention INTEGER NOT NULL DEFAULT 2;
        ALTER TABLE connections ADD COLUMN last_connected_at BIGINT NOT NULL DEFAULT 0;
        ALTER TABLE connections ADD COLUMN search TEXT NOT NULL DEFAULT '';
        UPDATE connections SET attention = CASE status WHEN 'reauthRequired' THEN 0 WHEN 'unreachable' THEN 1 ELSE 2 END;
        CREATE INDEX connections_by_attention ON connections (workspace, attention, name_key, id);
        CREATE INDEX connections_by_key ON connections (workspace, name_key, id);
        CREATE INDEX connections_by_last ON connections (workspace, last_connected_at, id);
        CREATE INDEX connections_by_status ON connections (workspace, status, connector);
        """,
        """
        CREATE INDEX connections_of_status_by_age ON connections (workspace, status, created_at, id);
        CREATE INDEX connections_of_status_by_key ON connections (workspace, status, name_key, id);
        CREATE INDEX connections_of_status_by_last ON connections (workspace, status, last_connected_at, id);
        CREATE INDEX connections_of_connector_by_age ON connections (workspace, connector, created_at, id);
        CREATE INDEX connections_of_connector_by_attention ON connections (workspace, connector, attention, name_key, id);
        CREATE INDEX connections_of_both_by_age ON connections (workspace, connector, status, created_at, id);
        CREATE INDEX connections_of_both_by_key ON connections (workspace, connector, status, name_key, id);
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
        INSERT INTO connections (
            workspace, id, connector, name, name_key, status, created_at, check_at, secrets_left, attention, last_connected_at, search, view)
        VALUES (
            @Workspace, @Id, @Connector, @Name, @NameKey, @Status, @CreatedAt, @CheckAt, @SecretsLeft, @Attention, @LastConnectedAt, @Search, @View)
        ON CONFLICT (workspace, id) DO UPDATE SET
            name = excluded.name, name_key = excluded.name_key, status = excluded.status, check_at = excluded.check_at,
            secrets_left = excluded.secrets_left, attention = excluded.attention, last_connected_at = excluded.last_connected_at,
            search = excluded.search, view = excluded.view
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
            Attention = view.Status switch { ConnectionStatus.ReauthRequired => 0, ConnectionStatus.Unreachable => 1, _ => 2 },
            LastConnectedAt = view.LastConnectedAt?.UtcTicks ?? 0,
            Search = StoredText.Clean(SearchText(view)),
            View = JsonSerializer.Serialize(view, EventTypes.Json)
        });

    // A host is part of the account of a database, and a setting elsewhere.
    private static string SearchText(ConnectionView view) => ConnectionName.Key(string.Join(
        '\n', [view.Name, view.Connector, view.Account.Display, .. HostSettings.Select(name => Text(view.Settings, name)).OfType<string>()]));

    private static string? Text(JsonElement settings, string name) =>
        settings.ValueKind == JsonValueKind.Object && settings.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;
}
