using System.Text.Json;
using System.Text.Json.Serialization;
using Connections.Domain;
using Connections.Domain.Activity;

namespace Connections.Web.Responses;

/// <summary>An activity as callers see it.</summary>
/// <param name="Input">Left out by lists that do not ask for it, and once its retention time has passed.</param>
/// <param name="Output">Left out by lists that do not ask for it, before the activity succeeds, and once its retention time has passed.</param>
/// <param name="Deadline">The activity fails when it has not ended by then.</param>
/// <param name="Progress">
/// How far the long job of the activity has come, such as an upload in parts. Left out without such a job, and once the activity has ended.
/// </param>
/// <param name="NextAttemptAt">Null when no attempt is planned, or when another event has to happen first, such as a reconnect.</param>
public sealed record ActivityResponse(
    Guid Id,
    Guid? ConnectionId,
    ConnectionReference? Connection,
    string? Connector,
    string Activity,
    ActivityStatus Status,
    int Attempts,
    FailureKind? WaitingFor,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] JsonElement? Input,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] JsonElement? Output,
    ErrorResponse? Error,
    Caller? Caller,
    DateTimeOffset RequestedAt,
    DateTimeOffset? StartedAt,
    DateTimeOffset? FinishedAt,
    DateTimeOffset Deadline,
    DateTimeOffset? NextAttemptAt,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] StageProgress? Progress,
    int CredentialVersion,
    int TokenVersion,
    Guid? RetryOf);

/// <summary>A connection by the name that it has now.</summary>
public sealed record ConnectionReference(string? Connector, string? Name);

public sealed record ErrorResponse(FailureKind Kind, string Message);
