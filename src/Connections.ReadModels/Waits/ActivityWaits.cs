using Connections.Domain;
using Connections.Domain.Activity;
using Connections.Domain.Connection;
using EventSourcing;

namespace Connections.ReadModels.Waits;

/// <summary>What the events of an activity do to its row.</summary>
internal static class ActivityWaits
{
    private const string ThisRow = "workspace = @Workspace AND id = @Id";

    // the connection's own event comes a moment later, when a reactor has told it: until then nothing more goes the same way
    private const string Refused =
        """
        ;
        UPDATE wait_connections SET status = 'reauthRequired'
        WHERE workspace = @Workspace AND id = @Connection AND credential_version = @CredentialVersion
            AND status IN ('connected', 'unreachable')
        """;

    public static (string Sql, object Parameters) Project(ActivityEvent e, StreamName name, RecordedEvent recorded) => e switch
    {
        ActivityRequested r => Requested(r, name, recorded),
        ActivityStarted s => (
            $"""
            UPDATE waits SET state = 'running', since = @At, kind = NULL, due = NULL, parked = 0, resend_at = NULL, sent = 0, revision = @Revision,
                position = @Position, attempts = @Attempt, connection = @Connection, credential_version = @CredentialVersion
            WHERE {ThisRow}
            """,
            new
            {
                name.Workspace,
                Id = name.Id.ToString(),
                recorded.Revision,
                recorded.Position,
                At = recorded.At.UtcTicks,
                s.Attempt,
                Connection = s.ConnectionId.ToString(),
                s.CredentialVersion
            }),
        ActivityDeferred d => Deferred(d, name, recorded),
        ActivityEnd => ($"DELETE FROM waits WHERE {ThisRow}", new { name.Workspace, Id = name.Id.ToString() }),
        _ => throw new System.Diagnostics.UnreachableException($"{e.GetType().Name} does nothing to the waits")
    };

    // by HTTP the reactor sends it at once; from the bus its first attempt stands behind it in the same append
    private static (string, object) Requested(ActivityRequested r, StreamName name, RecordedEvent recorded)
    {
        var key = r.ConnectionName is null ? null : StoredText.Clean(ConnectionName.Key(r.ConnectionName));
        var connector = StoredText.Clean(r.Connector);
        var fails = r.OnReauth == OnReauth.Fail;
        return (
            """
            INSERT INTO waits (workspace, id, state, since, revision, attempts, requested_at, deadline, run_seconds, position, kind, due, parked,
                resend_at, sent, queue, by_id, connector, name_key, fails, connection, credential_version)
            VALUES (@Workspace, @Id, 'sent', @At, @Revision, 0, @At, @Deadline, @TimeoutSeconds, @Position, NULL, NULL, 0,
                @ResendAt, 1, @Queue, @ById, @Connector, @NameKey, @Fails,
                COALESCE(@ById, (SELECT MAX(c.id) FROM wait_connections c
                    WHERE c.workspace = @Workspace AND c.connector = @Connector AND c.name_key = @NameKey), ''), 0)
            ON CONFLICT (workspace, id) DO NOTHING
            """,
            new
            {
                name.Workspace,
                Id = name.Id.ToString(),
                recorded.Revision,
                recorded.Position,
                At = recorded.At.UtcTicks,
                ResendAt = (recorded.At + ResendDelay.After(1)).UtcTicks,
                Deadline = r.Deadline.UtcTicks,
                r.TimeoutSeconds,
                Queue = QueueName.Create(r.ConnectionId?.ToString() ?? QueueName.Named(connector, key), fails),
                ById = r.ConnectionId?.ToString(),
                Connector = connector,
                NameKey = key,
                Fails = fails ? 1 : 0
            });
    }

    // what is due at once is due since it was asked for: so the oldest goes first
    private static (string, object) Deferred(ActivityDeferred d, StreamName name, RecordedEvent recorded) => (
        $"""
        UPDATE waits SET state = 'waiting', since = NULL, kind = @Kind, revision = @Revision, position = @Position,
            resend_at = NULL, sent = 0, parked = @Parked,
            connection = COALESCE(@Connection, connection), credential_version = @CredentialVersion,
            due = CASE
                WHEN @Due IS NOT NULL THEN @Due
                WHEN @Parked = 0 OR {ConnectionWaits.ConnectedAgainSql} THEN requested_at
                END
        WHERE {ThisRow};
        {WaitTables.Enqueue}{(d.Kind == FailureKind.ReauthRequired ? Refused : "")}
        """,
        new
        {
            name.Workspace,
            Id = name.Id.ToString(),
            Kind = Outcome.From(d.Kind),
            Parked = WokenByItsConnection(d.Kind) ? 1 : 0,
            recorded.Revision,
            recorded.Position,
            Due = d.Until?.UtcTicks,
            Connection = d.ConnectionId?.ToString(),
            d.CredentialVersion
        });

    // a provider that asked for patience is not asked sooner because something else was mended
    private static bool WokenByItsConnection(FailureKind kind) =>
        kind is not (FailureKind.Throttled or FailureKind.Busy or FailureKind.WorkerLost);
}
