using Connections.Domain;
using EventSourcing;

namespace Connections.ReadModels;

/// <summary>What the events of a connection do to the activities that wait for it.</summary>
internal static class ConnectionWaits
{
    /// <summary>The row's connection is connected, and is another one, or has other credentials, than the one that was refused.</summary>
    public const string Mended =
        """
        EXISTS (
            SELECT 1 FROM wait_connections c WHERE c.workspace = waits.workspace AND c.status = 'connected'
            AND (waits.by_id IS NOT NULL AND c.id = waits.by_id
                OR waits.by_id IS NULL AND c.connector = waits.connector AND c.name_key = waits.name_key)
            AND (c.id <> COALESCE(@Connection, waits.connection) OR c.credential_version > @CredentialVersion))
        """;

    private const string Wake = "UPDATE waits SET due = @At WHERE workspace = @Workspace AND state = 'waiting' AND sent_at IS NULL AND ";

    private const string WakeByName = Wake +
        "by_id IS NULL AND connector = @Connector AND name_key = @NameKey AND kind IN ('reauthRequired', 'connectionDeleted')";

    public static (string Sql, object Parameters)? Project(ConnectionEvent e, StreamName name, RecordedEvent recorded)
    {
        var id = name.Id.ToString();
        var at = recorded.At.UtcTicks;
        return e switch
        {
            ConnectionCreated c => (
                $"""
                INSERT INTO wait_connections (workspace, id, connector, name_key, status, credential_version)
                VALUES (@Workspace, @Id, @Connector, @NameKey, 'connected', 1) ON CONFLICT (workspace, id) DO NOTHING;
                {WakeByName}
                """,
                new { name.Workspace, Id = id, c.Connector, NameKey = ConnectionName.Key(c.Name), At = at }),
            ConnectionReconnected r => (
                $"""
                UPDATE wait_connections SET status = 'connected', credential_version = @CredentialVersion WHERE workspace = @Workspace AND id = @Id;
                {Wake} connection = @Id AND credential_version < @CredentialVersion
                """,
                new { name.Workspace, Id = id, r.CredentialVersion, At = at }),
            ConnectionTested { Outcome: Outcome.Ok } => (
                $"""
                {Wake} connection = @Id AND kind IN ('unavailable', 'timeout')
                    AND EXISTS (SELECT 1 FROM wait_connections c WHERE c.workspace = @Workspace AND c.id = @Id AND c.status = 'unreachable');
                UPDATE wait_connections SET status = 'connected' WHERE workspace = @Workspace AND id = @Id AND status = 'unreachable'
                """,
                new { name.Workspace, Id = id, At = at }),
            ConnectionTested t when Outcome.Reachable(t.Outcome) == false => (
                "UPDATE wait_connections SET status = 'unreachable' WHERE workspace = @Workspace AND id = @Id AND status = 'connected'",
                new { name.Workspace, Id = id }),
            ConnectionReauthRequired => (
                "UPDATE wait_connections SET status = 'reauthRequired' WHERE workspace = @Workspace AND id = @Id",
                new { name.Workspace, Id = id }),
            ConnectionRenamed r => (
                $"""
                UPDATE wait_connections SET name_key = @NameKey WHERE workspace = @Workspace AND id = @Id;
                UPDATE waits SET due = @At WHERE workspace = @Workspace AND state = 'waiting' AND sent_at IS NULL
                    AND by_id IS NULL AND name_key = @NameKey AND kind IN ('reauthRequired', 'connectionDeleted')
                    AND connector = (SELECT connector FROM wait_connections c WHERE c.workspace = @Workspace AND c.id = @Id AND c.status = 'connected')
                """,
                new { name.Workspace, Id = id, NameKey = ConnectionName.Key(r.Name), At = at }),
            // by id it can never run: the worker says so
            ConnectionDeleted => (
                $"""
                UPDATE wait_connections SET status = 'deleted', name_key = '' WHERE workspace = @Workspace AND id = @Id;
                {Wake} by_id = @Id
                """,
                new { name.Workspace, Id = id, At = at }),
            _ => null // fences, other test results: nothing waits for them
        };
    }
}
