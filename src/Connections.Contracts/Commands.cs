using System.Text.Json;

namespace Connections.Contracts;

/// <summary>Runs an activity over a connection; answered by <see cref="ActivityFinished"/>, always. Exchange <c>run-activity</c>.</summary>
/// <param name="ActivityId">Made by the sender: the same id with the same body is the same activity, however often it is sent.</param>
/// <param name="ConnectionId">Or <paramref name="Connection"/>, by connector and name.</param>
/// <param name="DeadlineSeconds">For the whole, waiting included; 86,400 when left out, 30 days at most.</param>
/// <param name="TimeoutSeconds">For one attempt; 60 when left out, 900 at most.</param>
/// <param name="OnReauth"><c>wait</c> (when left out) or <c>fail</c>: what a dead sign-in does to it.</param>
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

/// <summary>A connection by what people call it. It is looked up at each attempt: after delete and add again it is the new one.</summary>
public sealed record ConnectionReference(string Connector, string Name);

/// <summary>Where in a workflow an activity comes from; told back as it was.</summary>
public sealed record Caller(string? Workflow = null, string? Run = null, string? Step = null);

/// <summary>Answered by <see cref="ConnectionCreated"/> or <see cref="CommandRefused"/>. Exchange <c>create-connection</c>.</summary>
/// <param name="SecretReference">Of the credentials, from <c>POST /api/secrets</c>: a message never holds them.</param>
/// <param name="RotateBy">When the credentials are to be changed: <see cref="ConnectionExpiring"/> warns before.</param>
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

/// <summary>Answered by <see cref="ConnectionReconnected"/> or <see cref="CommandRefused"/>. Exchange <c>reconnect-connection</c>.</summary>
/// <param name="SecretReference">Of the new credentials, from <c>POST /api/secrets</c>.</param>
/// <param name="RotateBy">When the new credentials are to be changed; left out, nobody is warned of them.</param>
public sealed record ReconnectConnection(
    string Workspace,
    Guid CommandId,
    Guid ConnectionId,
    string SecretReference,
    string? CorrelationId = null,
    string? Actor = null,
    DateTimeOffset? RotateBy = null);

/// <summary>Answered by <see cref="ConnectionTested"/>. Exchange <c>test-connection</c>.</summary>
public sealed record TestConnection(string Workspace, Guid CommandId, Guid ConnectionId, string? CorrelationId = null, string? Actor = null);

/// <summary>Answered by <see cref="ConnectionRenamed"/> or <see cref="CommandRefused"/>. Exchange <c>rename-connection</c>.</summary>
public sealed record RenameConnection(
    string Workspace, Guid CommandId, Guid ConnectionId, string Name, string? CorrelationId = null, string? Actor = null);

/// <summary>Answered by <see cref="ConnectionDeleted"/> or <see cref="CommandRefused"/>. Exchange <c>delete-connection</c>.</summary>
public sealed record DeleteConnection(string Workspace, Guid CommandId, Guid ConnectionId, string? CorrelationId = null, string? Actor = null);

/// <summary>From workers that are not ours: the provider refused the credentials of this version. Exchange <c>require-reauth</c>.</summary>
public sealed record RequireReauth(
    string Workspace, Guid ConnectionId, int CredentialVersion, string Reason, string? CorrelationId = null, string? Actor = null);

/// <summary>Answered by <see cref="ActivityFinished"/>. Exchange <c>cancel-activity</c>.</summary>
public sealed record CancelActivity(string Workspace, Guid ActivityId, string? CorrelationId = null, string? Actor = null);
