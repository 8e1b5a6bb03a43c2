using Connections.Domain;
using Connections.Domain.Activity;
using Connections.Domain.Connection;
using EventSourcing;

namespace Connections.ReadModels.Waits;

/// <summary>Translates events of an activity into changes of its row.</summary>
internal static class ActivityWaits
{
    private const string ThisRow = "workspace = @Workspace AND id = @Id";

    // The connection's own event follows later, when a reactor has recorded it. Until then, nothing more is sent to the connection.
    private const string MarkReauthRequired =
        """
        ;
        UPDATE wait_connections SET status = 'reauthRequired'
        WHERE workspace = @Workspace AND id = @Connection AND credential_version = @CredentialVersion
            AND status IN ('connected', 'unreachable')
        """;

    public static (string Sql, object Parameters)? Project(ActivityEvent e, ActivityId id, RecordedEvent recorded) => e switch
    {
        ActivityRequested r => Requested(r, id, recorded),
        ActivityStarted s => (
            $"""
            UPDATE waits SET state = 'running', since = @At, kind = NULL, due = NULL, parked = 0, resend_at = NULL, sent = 0, revision = @Revision,
                position = @Position, attempts = @Attempt, connection = @Connection, credential_version = @CredentialVersion
            WHERE {ThisRow}
            """,
            new
            {
                id.Workspace,
                Id = id.Value.ToString(),
                recorded.Revision,
                recorded.Position,
                At = recorded.At.UtcTicks,
                s.Attempt,
                Connection = s.ConnectionId.ToString(),
                s.CredentialVersion
            }),
        ActivityStageSaved => null, // the attempt runs on: its running time is counted from its start
        ActivityDeferred d => Deferred(d, id, recorded),
        ActivityEnd => ($"DELETE FROM waits WHERE {ThisRow}", new { id.Workspace, Id = id.Value.ToString() }),
        _ => throw new System.Diagnostics.UnreachableException($"{e.GetType().Name} has no rule for the waits")
    };

    // An activity from HTTP is sent at once by the reactor. One from the bus has its first attempt in the same append.
    private static (string, object) Requested(ActivityRequested r, ActivityId id, RecordedEvent recorded)
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
                id.Workspace,
                Id = id.Value.ToString(),
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

    // An activity without a due time counts as due since its request, so that the oldest goes first.
    private static (string, object) Deferred(ActivityDeferred d, ActivityId id, RecordedEvent recorded) => (
        $"""
        UPDATE waits SET state = 'waiting', since = NULL, kind = @Kind, revision = @Revision, position = @Position,
            resend_at = NULL, sent = 0, parked = @Parked,
            connection = COALESCE(@Connection, connection), credential_version = @CredentialVersion,
            due = CASE
                WHEN @Due IS NOT NULL THEN @Due
                WHEN @Parked = 0 OR {ConnectionWaits.ConnectedAgainSql} THEN requested_at
                END
        WHERE {ThisRow};
        {WaitTables.Enqueue}{(d.Kind == FailureKind.ReauthRequired ? MarkReauthRequired : "")}
        """,
        new
        {
            id.Workspace,
            Id = id.Value.ToString(),
            Kind = Outcome.From(d.Kind),
            Parked = IsWokenByConnection(d.Kind) ? 1 : 0,
            recorded.Revision,
            recorded.Position,
            Due = d.Until?.UtcTicks,
            Connection = d.ConnectionId?.ToString(),
            d.CredentialVersion
        });

    // After throttling and during a job, the provider's delay holds even if the connection is reconnected meanwhile.
    private static bool IsWokenByConnection(FailureKind kind) =>
        kind is not (FailureKind.Throttled or FailureKind.Busy or FailureKind.WorkerLost or FailureKind.ProviderJob);
}
