using System.Diagnostics;
using Connections.Domain;
using Connections.Domain.Connection;
using Connections.ReadModels.Connections;
using EventSourcing;

namespace Connections.ReadModels.Waits;

/// <summary>
/// Translates events of a connection into changes of its queues: one or two rows each, however many activities wait in them.
/// </summary>
internal static class ConnectionWaits
{
    /// <summary>
    /// The row's connection is connected and differs from the rejected one (another connection, or newer credentials); or the connection
    /// was deleted.
    /// </summary>
    public const string ConnectedAgainSql =
        """
        EXISTS (
            SELECT 1 FROM wait_connections c WHERE c.workspace = waits.workspace
            AND c.id = COALESCE(waits.by_id, (SELECT MAX(n.id) FROM wait_connections n
                WHERE n.workspace = waits.workspace AND n.connector = waits.connector AND n.name_key = waits.name_key))
            AND (c.status = 'deleted' OR c.status = 'connected'
                AND (c.id <> COALESCE(@Connection, waits.connection) OR c.credential_version > @CredentialVersion)))
        """;

    // Every change raises the position, so that a waker that read the queue before finds it changed.
    private const string NextPosition = "CASE WHEN @Position > position THEN @Position ELSE position + 1 END";

    private const string ThisRow = "workspace = @Workspace AND id = @Id";

    private const string ById = "SELECT @Id";
    private const string ByIdFailing = "SELECT '!' || @Id";
    private const string ByName = $"SELECT {QueueName.NamedSql} FROM wait_connections c WHERE c.workspace = @Workspace AND c.id = @Id";
    private const string ByNameFailing =
        $"SELECT '!' || {QueueName.NamedSql} FROM wait_connections c WHERE c.workspace = @Workspace AND c.id = @Id";
    private const string ByReferenceWaiting = $"{ById} UNION ALL {ByName}";
    private const string ByReferenceFailing = $"{ByIdFailing} UNION ALL {ByNameFailing}";
    private const string Every = $"{ByReferenceWaiting} UNION ALL {ByReferenceFailing}";

    public static (string Sql, object Parameters)? Project(ConnectionEvent e, ConnectionId id, RecordedEvent recorded)
    {
        var at = recorded.At.UtcTicks;
        return e switch
        {
            ConnectionCreated c => (
                $"""
                INSERT INTO wait_connections (workspace, id, connector, name_key, status, credential_version)
                VALUES (@Workspace, @Id, @Connector, @NameKey, @Status, 1) ON CONFLICT (workspace, id) DO NOTHING;
                {Release(Every)}
                """,
                new
                {
                    id.Workspace,
                    Id = id.Value.ToString(),
                    c.Connector,
                    NameKey = ConnectionName.Key(c.Name),
                    Status = ConnectionQueries.Text(ConnectionState.StatusAfter(ConnectionStatus.Absent, c)),
                    At = at,
                    recorded.Position
                }),
            ConnectionReconnected r => (
                $"""
                UPDATE wait_connections SET status = {RowStatus.After(e)}, credential_version = @CredentialVersion WHERE {ThisRow};
                {Release(Every)}
                """,
                new { id.Workspace, Id = id.Value.ToString(), r.CredentialVersion, At = at, recorded.Position }),
            ConnectionTested t when RowStatus.LeadsTo(t, ConnectionStatus.Connected) => (
                $"""
                {Release(Every)} AND EXISTS (SELECT 1 FROM wait_connections WHERE {ThisRow} AND {RowStatus.IsChangedBy(t)});
                UPDATE wait_connections SET status = {RowStatus.After(t)} WHERE {ThisRow} AND {RowStatus.IsChangedBy(t)}
                """,
                new { id.Workspace, Id = id.Value.ToString(), At = at, recorded.Position }),
            // Activities that wait for the connection to become reachable follow their own due times from now on.
            ConnectionTested t when RowStatus.LeadsTo(t, ConnectionStatus.Unreachable) => (
                $"""
                UPDATE wait_queues SET free_before = NULL, position = {NextPosition} WHERE workspace = @Workspace AND queue IN ({Every})
                    AND EXISTS (SELECT 1 FROM wait_connections WHERE {ThisRow} AND {RowStatus.IsChangedBy(t)});
                UPDATE wait_connections SET status = {RowStatus.After(t)} WHERE {ThisRow} AND {RowStatus.IsChangedBy(t)}
                """,
                new { id.Workspace, Id = id.Value.ToString(), recorded.Position }),
            // Nothing is sent to workers until the reconnect, except activities that are to fail because of it.
            ConnectionReauthRequired => (
                $"""
                UPDATE wait_connections SET status = {RowStatus.After(e)} WHERE {ThisRow};
                UPDATE wait_queues SET look_at = NULL, free_before = NULL, position = {NextPosition}
                WHERE workspace = @Workspace AND queue IN ({ByReferenceWaiting});
                {Release(ByReferenceFailing)}
                """,
                new { id.Workspace, Id = id.Value.ToString(), At = at, recorded.Position }),
            ConnectionRenamed r => (
                $"""
                UPDATE wait_connections SET name_key = @NameKey WHERE {ThisRow};
                {Release($"{ByName} UNION ALL {ByNameFailing}")}
                """,
                new { id.Workspace, Id = id.Value.ToString(), NameKey = ConnectionName.Key(r.Name), At = at, recorded.Position }),
            // Activities that name the connection by id can never run: send them, so that the worker ends them.
            ConnectionDeleted => (
                $"""
                UPDATE wait_connections SET status = {RowStatus.After(e)}, name_key = '' WHERE {ThisRow};
                {Release($"{ById} UNION ALL {ByIdFailing}")}
                """,
                new { id.Workspace, Id = id.Value.ToString(), At = at, recorded.Position }),
            // No activity waits for these events.
            ConnectionTested or ConnectionExpiring or ConnectionFenced or ConnectionAbandoned or ConnectionSecretsDestroyed => null,
            AuthorizationStarted or AuthorizationCodeReceived or AuthorizationFailed => null,
            _ => throw new UnreachableException($"{e.GetType().Name} has no rule for the waits")
        };
    }

    private static string Release(string queues) =>
        $"""
        UPDATE wait_queues SET free_before = @Position, look_at = @At, position = {NextPosition}
        WHERE workspace = @Workspace AND queue IN ({queues})
        """;
}
