using System.Text.Json;
using Connections.Api.Endpoints;
using Connections.Domain;
using Connections.Domain.Activity;

namespace Connections.Api.Responses;

/// <summary>An activity as callers see it.</summary>
public sealed record ActivityResponse(
    Guid Id,
    Guid? ConnectionId,
    ConnectionReference? Connection,
    string? Connector,
    string Activity,
    ActivityStatus Status,
    int Attempts,
    FailureKind? WaitingFor,
    JsonElement? Input,
    JsonElement? Output,
    ErrorResponse? Error,
    Caller? Caller,
    DateTimeOffset RequestedAt,
    DateTimeOffset? StartedAt,
    DateTimeOffset? FinishedAt,
    int CredentialVersion,
    int TokenVersion,
    Guid? RetryOf);

public sealed record ErrorResponse(FailureKind Kind, string Message);
