using EventSourcing.Sql;

namespace Connections.ReadModels.Waits;

/// <summary>
/// <c>waits</c>: every activity that has not ended: <c>running</c>, <c>sent</c> to a worker and not heard of, or <c>waiting</c>. What waits
/// stands in a queue, by the connection's id or by the name it was asked for with; where a dead grant ends the activity (<c>fails</c>), in
/// one of its own. <c>wait_queues</c>: when to look into a queue, and up to which position of the log its connection let everything go that
/// waited for it. So a mended connection changes one row, however many wait behind it.
/// </summary>
internal static class WaitTables
{
    public static readonly Migrations All = new(
        "waits",
        """
        CREATE TABLE waits (
            workspace TEXT NOT NULL, id TEXT NOT NULL, state TEXT NOT NULL, revision BIGINT NOT NULL, attempts INTEGER NOT NULL,
            requested_at BIGINT NOT NULL, deadline BIGINT NOT NULL, run_seconds INTEGER NOT NULL, position BIGINT NOT NULL,
            kind TEXT NULL, due BIGINT NULL, parked INTEGER NOT NULL, resend_at BIGINT NULL, sent INTEGER NOT NULL,
            queue TEXT NOT NULL, by_id TEXT NULL, connector TEXT NULL, name_key TEXT NULL, fails INTEGER NOT NULL,
            connection TEXT NOT NULL, credential_version INTEGER NOT NULL, PRIMARY KEY (workspace, id));
        CREATE INDEX waits_due ON waits (workspace, queue, due) WHERE state = 'waiting' AND due IS NOT NULL;
        CREATE INDEX waits_parked ON waits (workspace, queue, requested_at) WHERE state = 'waiting' AND parked = 1;
        CREATE INDEX waits_deadline ON waits (deadline) WHERE state <> 'running';
        CREATE INDEX waits_resend ON waits (resend_at) WHERE state = 'sent';
        CREATE INDEX waits_running ON waits (position) WHERE state = 'running';
        CREATE INDEX waits_by_connection ON waits (workspace, connection, state);
        CREATE TABLE wait_queues (
            workspace TEXT NOT NULL, queue TEXT NOT NULL, by_id TEXT NULL, connector TEXT NULL, name_key TEXT NULL, fails INTEGER NOT NULL,
            look_at BIGINT NULL, free_before BIGINT NULL, position BIGINT NOT NULL, PRIMARY KEY (workspace, queue));
        CREATE INDEX wait_queues_look ON wait_queues (look_at) WHERE look_at IS NOT NULL;
        CREATE TABLE wait_connections (
            workspace TEXT NOT NULL, id TEXT NOT NULL, connector TEXT NOT NULL, name_key TEXT NOT NULL,
            status TEXT NOT NULL, credential_version INTEGER NOT NULL, PRIMARY KEY (workspace, id));
        CREATE INDEX wait_connections_by_name ON wait_connections (workspace, connector, name_key);
        """,
        "ALTER TABLE waits ADD COLUMN since BIGINT NULL"); // of running and sent ones: since when they are so

    /// <summary>One row of <c>waits</c> into its queue, to be looked at when the row is due.</summary>
    public const string Enqueue =
        $"""
        {Into} SELECT workspace, queue, by_id, connector, name_key, fails, due, NULL, position
        FROM waits WHERE workspace = @Workspace AND id = @Id
        {OrSooner}
        """;

    /// <summary>Everything that was sent.</summary>
    public const string EnqueueSent =
        $"""
        {Into} SELECT workspace, queue, MAX(by_id), MAX(connector), MAX(name_key), MAX(fails), MIN(due), NULL, MAX(position)
        FROM waits WHERE state = 'sent' GROUP BY workspace, queue
        {OrSooner}
        """;

    private const string Into =
        "INSERT INTO wait_queues (workspace, queue, by_id, connector, name_key, fails, look_at, free_before, position)";

    private const string OrSooner =
        """
        ON CONFLICT (workspace, queue) DO UPDATE SET
            position = CASE WHEN excluded.position > wait_queues.position THEN excluded.position ELSE wait_queues.position + 1 END,
            look_at = CASE WHEN excluded.look_at IS NULL OR wait_queues.look_at < excluded.look_at THEN wait_queues.look_at
                ELSE excluded.look_at END
        """;
}
