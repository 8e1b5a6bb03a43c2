using EventSourcing.Sql;

namespace Connections.ReadModels.Waits;

/// <summary>
/// <c>waits</c>: every activity that has not ended: <c>running</c>, <c>sent</c> to a worker without a report, or <c>waiting</c>. A waiting
/// activity is in a queue, by the connection's id or by the name in the request. Activities that fail when a reconnect is required
/// (<c>fails</c>) have queues of their own. <c>wait_queues</c>: the time at which to read a queue, and the log position up to which its
/// connection released the activities that wait for it. So a reconnect changes one row, however many activities wait.
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
        // For running and sent activities: the start of that state.
        "ALTER TABLE waits ADD COLUMN since BIGINT NULL",
        // The time that the attempt of that revision ran, as far as it was observed. Hosts observe with a clock that is not set.
        """
        ALTER TABLE waits ADD COLUMN ran_ms BIGINT NOT NULL DEFAULT 0;
        ALTER TABLE waits ADD COLUMN ran_revision BIGINT NULL;
        """);

    /// <summary>Puts one row of <c>waits</c> into its queue, to be read when the row is due.</summary>
    public const string Enqueue =
        $"""
        {InsertQueue} SELECT workspace, queue, by_id, connector, name_key, fails, due, NULL, position
        FROM waits WHERE workspace = @Workspace AND id = @Id
        {OnConflict}
        """;

    /// <summary>Puts all sent activities into their queues.</summary>
    public const string EnqueueSent =
        $"""
        {InsertQueue} SELECT workspace, queue, MAX(by_id), MAX(connector), MAX(name_key), MAX(fails), MIN(due), NULL, MAX(position)
        FROM waits WHERE state = 'sent' GROUP BY workspace, queue
        {OnConflict}
        """;

    private const string InsertQueue =
        "INSERT INTO wait_queues (workspace, queue, by_id, connector, name_key, fails, look_at, free_before, position)";

    private const string OnConflict =
        """
        ON CONFLICT (workspace, queue) DO UPDATE SET
            position = CASE WHEN excluded.position > wait_queues.position THEN excluded.position ELSE wait_queues.position + 1 END,
            look_at = CASE WHEN excluded.look_at IS NULL OR wait_queues.look_at < excluded.look_at THEN wait_queues.look_at
                ELSE excluded.look_at END
        """;
}
