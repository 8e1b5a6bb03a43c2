using System.Text.Json;

namespace Connections.Contracts;

/// <summary>
/// Runs an activity over a connection. The response is always <see cref="ActivityFinished"/>. Exchange <c>run-activity</c>.
/// </summary>
/// <param name="ActivityId">An id chosen by the sender. Sending the same id and body again does not run the activity again.</param>
/// <param name="ConnectionId">The connection; alternatively <paramref name="Connection"/>, by connector and name.</param>
/// <param name="DeadlineSeconds">The limit for the whole activity, including waiting; default 86,400, at most 30 days.</param>
/// <param name="TimeoutSeconds">The limit for one attempt; default 60, at most 900.</param>
/// <param name="OnReauth">Whether the activity waits for a reconnect when the credentials are rejected: <c>wait</c> (default) or
/// <c>fail</c>.</param>
public sealed record RunActivity(
    string Workspace,
    Guid ActivityId,
    Guid? ConnectionId,
    ConnectionReference? Connection,
    string Activity,
    JsonElement Input,
    int? DeadlineSeconds = null,
    int? TimeoutSeconds = null,
    string? OnReauth = null,
    Caller? Caller = null,
    string? CorrelationId = null,
    string? Actor = null);

/// <summary>
/// Identifies a connection by connector and name. Each attempt looks the connection up: after a deletion, a new connection of the same name
/// is used.
/// </summary>
public sealed record ConnectionReference(string Connector, string Name);

/// <summary>The place in a workflow that an activity comes from. Responses contain it unchanged.</summary>
public sealed record Caller(string? Workflow = null, string? Run = null, string? Step = null);

/// <summary>
/// Creates a connection. The response is <see cref="ConnectionCreated"/> or <see cref="CommandRefused"/>. Exchange
/// <c>create-connection</c>.
/// </summary>
/// <param name="SecretReference">The reference of the credentials, from <c>POST /api/secrets</c>. A message never holds
/// credentials.</param>
/// <param name="RotateBy">When the credentials have to be replaced: <see cref="ConnectionExpiring"/> warns before.</param>
public sealed record CreateConnection(
    string Workspace,
    Guid CommandId,
    Guid ConnectionId,
    string Connector,
    string Name,
    JsonElement? Settings,
    string SecretReference,
    string? CorrelationId = null,
    string? Actor = null,
    DateTimeOffset? RotateBy = null);

/// <summary>
/// Replaces the credentials of a connection. The response is <see cref="ConnectionReconnected"/> or <see cref="CommandRefused"/>. Exchange
/// <c>reconnect-connection</c>.
/// </summary>
/// <param name="SecretReference">The reference of the new credentials, from <c>POST /api/secrets</c>.</param>
/// <param name="RotateBy">When the new credentials have to be replaced; without it there are no warnings.</param>
public sealed record ReconnectConnection(
    string Workspace,
    Guid CommandId,
    Guid ConnectionId,
    string SecretReference,
    string? CorrelationId = null,
    string? Actor = null,
    DateTimeOffset? RotateBy = null);

/// <summary>Tests a connection. The response is <see cref="ConnectionTested"/>. Exchange <c>test-connection</c>.</summary>
public sealed record TestConnection(string Workspace, Guid CommandId, Guid ConnectionId, string? CorrelationId = null, string? Actor = null);

/// <summary>
/// Renames a connection. The response is <see cref="ConnectionRenamed"/> or <see cref="CommandRefused"/>. Exchange
/// <c>rename-connection</c>.
/// </summary>
public sealed record RenameConnection(
    string Workspace, Guid CommandId, Guid ConnectionId, string Name, string? CorrelationId = null, string? Actor = null);

/// <summary>
/// Deletes a connection. The response is <see cref="ConnectionDeleted"/> or <see cref="CommandRefused"/>. Exchange
/// <c>delete-connection</c>.
/// </summary>
public sealed record DeleteConnection(string Workspace, Guid CommandId, Guid ConnectionId, string? CorrelationId = null, string? Actor = null);

/// <summary>
/// Reports from another system's worker that the provider rejected this credential version. Exchange <c>require-reauth</c>.
/// </summary>
public sealed record RequireReauth(
    string Workspace, Guid ConnectionId, int CredentialVersion, string Reason, string? CorrelationId = null, string? Actor = null);

/// <summary>Cancels an activity. The response is <see cref="ActivityFinished"/>. Exchange <c>cancel-activity</c>.</summary>
public sealed record CancelActivity(string Workspace, Guid ActivityId, string? CorrelationId = null, string? Actor = null);
