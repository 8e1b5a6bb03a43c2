using System.Text.Json;
using Connections.Domain;

namespace Connections.Api;

/// <summary>An activity as callers see it.</summary>
public sealed record ActivityAnswer(
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
    ErrorAnswer? Error,
    Caller? Caller,
    DateTimeOffset RequestedAt,
    DateTimeOffset? StartedAt,
    DateTimeOffset? FinishedAt,
    int CredentialVersion,
    int TokenVersion,
    Guid? RetryOf);

public sealed record ErrorAnswer(FailureKind Kind, string Message);
