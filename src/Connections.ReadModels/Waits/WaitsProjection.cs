using Connections.Domain;
using Dapper;
using EventSourcing;
using EventSourcing.Sql;

namespace Connections.ReadModels;

/// <summary>
/// Every activity that has not ended, and when it is due: what the waker works from. It follows the connections too, so that an activity
/// becomes due when its connection is mended, and one that was refused with credentials since replaced is due at once.
/// </summary>
public sealed class WaitsProjection(WakeSignal signal) : IProjection
{
    public string Name => "waits";

    public IReadOnlyList<string> Prefixes { get; } = [ConnectionDecider.Category, ActivityDecider.Category];

    public Migrations Tables { get; } = new(
        "waits",
        """
        CREATE TABLE waits (
            workspace TEXT NOT NULL, id TEXT NOT NULL, state TEXT NOT NULL, revision BIGINT NOT NULL, attempts INTEGER NOT NULL,
            requested_at BIGINT NOT NULL, deadline BIGINT NOT NULL, run_seconds INTEGER NOT NULL, position BIGINT NOT NULL,
            kind TEXT NULL, due BIGINT NULL, sent_at BIGINT NULL, sent INTEGER NOT NULL,
            by_id TEXT NULL, connector TEXT NULL, name_key TEXT NULL, connection TEXT NOT NULL, credential_version INTEGER NOT NULL,
            PRIMARY KEY (workspace, id));
        CREATE INDEX waits_due ON waits (due) WHERE due IS NOT NULL;
        CREATE INDEX waits_deadline ON waits (deadline) WHERE state <> 'running';
        CREATE INDEX waits_sent ON waits (sent_at) WHERE sent_at IS NOT NULL;
        CREATE INDEX waits_running ON waits (position) WHERE state = 'running';
        CREATE INDEX waits_by_connection ON waits (workspace, connection, state, due, requested_at);
        CREATE INDEX waits_by_name ON waits (workspace, connector, name_key) WHERE name_key IS NOT NULL;
        CREATE TABLE wait_connections (
            workspace TEXT NOT NULL, id TEXT NOT NULL, connector TEXT NOT NULL, name_key TEXT NOT NULL,
            status TEXT NOT NULL, credential_version INTEGER NOT NULL, PRIMARY KEY (workspace, id));
        CREATE INDEX wait_connections_by_name ON wait_connections (workspace, connector, name_key);
        """);

    public async Task Apply(IReadOnlyList<RecordedEvent> events, SqlWrite write, CancellationToken ct)
    {
        foreach (var recorded in events)
        {
            var name = StreamName.Of(recorded.Stream);
            var sql = recorded.Stream.StartsWith(ConnectionDecider.Category, StringComparison.Ordinal)
                ? ConnectionWaits.Project((ConnectionEvent)ConnectionDecider.Names.Read(recorded), name, recorded)
                : ActivityWaits.Project((ActivityEvent)ActivityDecider.Names.Read(recorded), name, recorded);
            if (sql is var (text, parameters)) await write.Connection.ExecuteAsync(text, parameters, write.Transaction);
        }
    }

    public Task Committed(IReadOnlyList<RecordedEvent> events, CancellationToken ct)
    {
        signal.Pulse();
        return Task.CompletedTask;
    }
}
