using Connections.Domain;
using EventSourcing;

namespace Connections.ReadModels;

/// <summary>What the events of an activity do to its row.</summary>
internal static class ActivityWaits
{
    public static (string Sql, object Parameters)? Project(ActivityEvent e, StreamName name, RecordedEvent recorded) => e switch
    {
        ActivityRequested r => Requested(r, name, recorded),
        ActivityStarted s => (
            """
            UPDATE waits SET state = 'running', kind = NULL, due = NULL, sent_at = NULL, sent = 0, revision = @Revision, position = @Position,
                attempts = @Attempt, connection = @Connection, credential_version = @CredentialVersion
            WHERE workspace = @Workspace AND id = @Id
            """,
            new
            {
                name.Workspace,
                Id = name.Id.ToString(),
                recorded.Revision,
                recorded.Position,
                s.Attempt,
                Connection = s.ConnectionId.ToString(),
                s.CredentialVersion
            }),
        ActivityDeferred d => Deferred(d, name, recorded),
        _ => ("DELETE FROM waits WHERE workspace = @Workspace AND id = @Id", new { name.Workspace, Id = name.Id.ToString() })
    };

    // by HTTP the reactor sends it at once; from the bus its first attempt stands behind it in the same append
    private static (string, object) Requested(ActivityRequested r, StreamName name, RecordedEvent recorded) => (
        """
        INSERT INTO waits (workspace, id, state, revision, attempts, requested_at, deadline, run_seconds, position, kind, due, sent_at, sent,
            by_id, connector, name_key, connection, credential_version)
        VALUES (@Workspace, @Id, 'requested', @Revision, 0, @At, @Deadline, @TimeoutSeconds, @Position, NULL, @At, @At, 1,
            @ById, @Connector, @NameKey, @Connection, 0)
        ON CONFLICT (workspace, id) DO NOTHING
        """,
        new
        {
            name.Workspace,
            Id = name.Id.ToString(),
            recorded.Revision,
            recorded.Position,
            At = recorded.At.UtcTicks,
            Deadline = r.Deadline.UtcTicks,
            r.TimeoutSeconds,
            ById = r.ConnectionId?.ToString(),
            r.Connector,
            NameKey = r.ConnectionName is null ? null : ConnectionName.Key(r.ConnectionName),
            Connection = r.ConnectionId?.ToString() ?? ""
        });

    private static (string, object) Deferred(ActivityDeferred d, StreamName name, RecordedEvent recorded) => (
        $"""
        UPDATE waits SET state = 'waiting', kind = @Kind, revision = @Revision, position = @Position, sent_at = NULL, sent = 0,
            connection = COALESCE(@Connection, connection), credential_version = @CredentialVersion,
            due = CASE
                WHEN @Due IS NOT NULL THEN @Due
                WHEN @Kind IN ('busy', 'workerLost') OR {ConnectionWaits.Mended} THEN @At
                END
        WHERE workspace = @Workspace AND id = @Id
        """,
        new
        {
            name.Workspace,
            Id = name.Id.ToString(),
            Kind = Outcome.Of(d.Kind),
            recorded.Revision,
            recorded.Position,
            At = recorded.At.UtcTicks,
            Due = d.Until?.UtcTicks,
            Connection = d.ConnectionId?.ToString(),
            d.CredentialVersion
        });
}
