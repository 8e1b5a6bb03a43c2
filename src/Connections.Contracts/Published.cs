using System.Text.Json;

namespace Connections.Contracts;

/// <summary>
/// The fields of every published message. A receiver ignores a message whose <see cref="Version"/> is lower than the last one of the same
/// subject.
/// </summary>
public abstract record Published
{
    /// <summary>The id of the event, and of the message. An event that is published twice has the same id twice.</summary>
    public Guid EventId { get; init; }

    public string Workspace { get; init; } = "";

    public Guid? ConnectionId { get; init; }

    public string? Connector { get; init; }

    /// <summary>The revision of the stream of the connection or activity.</summary>
    public long Version { get; init; }

    public DateTimeOffset At { get; init; }

    public string? CorrelationId { get; init; }
}

/// <param name="Outcome"><c>succeeded</c>, <c>failed</c>, <c>unknown</c> or <c>cancelled</c>; after <c>unknown</c> a later one may
/// follow.</param>
public sealed record ActivityFinished(
    Guid ActivityId, string Activity, string Outcome, JsonElement? Output, ActivityError? Error, int Attempts, Caller? Caller) : Published;

/// <param name="Kind">A failure kind: <c>reauthRequired</c>, <c>unavailable</c>, <c>throttled</c> …</param>
public sealed record ActivityError(string Kind, string Message);

/// <param name="Until">When the activity is retried; absent when something else has to happen first.</param>
/// <param name="Progress">How far the activity's long job has come, such as an upload in parts; absent without such a job.</param>
public sealed record ActivityWaiting(
    Guid ActivityId, string Kind, DateTimeOffset? Until, int CredentialVersion, ActivityProgress? Progress = null) : Published;

/// <param name="Total">Absent while it is not known.</param>
/// <param name="Unit">What is counted: <c>bytes</c>, <c>pages</c>.</param>
public sealed record ActivityProgress(long Done, long? Total, string Unit);

public sealed record ConnectionCreated(string Name, ConnectedAccount Account, int CredentialVersion) : Published;

public sealed record ConnectionRenamed(string Name, ConnectedAccount Account, int CredentialVersion) : Published;

public sealed record ConnectionReconnected(string Name, ConnectedAccount Account, int CredentialVersion) : Published;

/// <param name="Revoked">Whether the grant was revoked: <c>yes</c>, <c>no</c> or <c>notSupported</c>; absent until that is known.</param>
public sealed record ConnectionDeleted(string Name, ConnectedAccount Account, int CredentialVersion, string? Revoked) : Published;

/// <summary>Published when the outcome of a check changed, and after every connection test.</summary>
public sealed record ConnectionTested(string Outcome, string Message, int CredentialVersion) : Published;

public sealed record ConnectionReauthRequired(string Reason, int CredentialVersion, int WaitingActivities) : Published;

/// <summary>Warns 14, 7 and 1 days before the sign-in is expected to expire, or the credentials have to be replaced.</summary>
/// <param name="Basis">The basis of the forecast: <c>idle</c>, <c>absolute</c>, <c>assumed</c>, <c>token</c>, <c>rotateBy</c>.</param>
public sealed record ConnectionExpiring(DateTimeOffset ExpiresAt, string Basis, int DaysLeft) : Published;

public sealed record ConnectedAccount(string? Id, string Display, string Basis);

/// <param name="Command">The name of the command's exchange.</param>
/// <param name="Code">One of the codes of the HTTP interface.</param>
public sealed record CommandRefused(
    string Workspace, Guid CommandId, string Command, string Code, string Detail, Guid? ConnectionId, DateTimeOffset At, string? CorrelationId)
{
    /// <summary>The id of the message. There is no event with this id.</summary>
    public Guid EventId { get; init; }

    /// <summary>The connector, when it is known.</summary>
    public string? Connector { get; init; }

    /// <summary>The revision of the stream of the connection or activity; null when there is no stream.</summary>
    public long? Version { get; init; }
}
