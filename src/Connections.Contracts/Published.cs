using System.Text.Json;

namespace Connections.Contracts;

/// <summary>What every published message tells. Drop what has a lower <see cref="Version"/> than what you know of its subject.</summary>
public abstract record Published
{
    /// <summary>Also the id of the message: the same event published twice bears it twice.</summary>
    public Guid EventId { get; init; }

    public string Workspace { get; init; } = "";

    public Guid? ConnectionId { get; init; }

    public string? Connector { get; init; }

    /// <summary>The revision of the connection's, or activity's, stream.</summary>
    public long Version { get; init; }

    public DateTimeOffset At { get; init; }

    public string? CorrelationId { get; init; }
}

/// <param name="Outcome"><c>succeeded</c>, <c>failed</c>, <c>unknown</c> or <c>cancelled</c>; after <c>unknown</c> a later one may follow.</param>
public sealed record ActivityFinished(
    Guid ActivityId, string Activity, string Outcome, JsonElement? Output, ActivityError? Error, int Attempts, Caller? Caller) : Published;

/// <param name="Kind">A failure kind: <c>reauthRequired</c>, <c>unavailable</c>, <c>throttled</c> …</param>
public sealed record ActivityError(string Kind, string Message);

/// <param name="Until">When it is tried again; left out when something else has to happen first.</param>
public sealed record ActivityWaiting(Guid ActivityId, string Kind, DateTimeOffset? Until, int CredentialVersion) : Published;

public sealed record ConnectionCreated(string Name, ConnectedAccount Account, int CredentialVersion) : Published;

public sealed record ConnectionRenamed(string Name, ConnectedAccount Account, int CredentialVersion) : Published;

public sealed record ConnectionReconnected(string Name, ConnectedAccount Account, int CredentialVersion) : Published;

/// <param name="Revoked"><c>yes</c>, <c>no</c> or <c>notSupported</c>, once that is known.</param>
public sealed record ConnectionDeleted(string Name, ConnectedAccount Account, int CredentialVersion, string? Revoked) : Published;

/// <summary>When the outcome changed, or a person asked.</summary>
public sealed record ConnectionTested(string Outcome, string Message, int CredentialVersion) : Published;

public sealed record ConnectionReauthRequired(string Reason, int CredentialVersion, int WaitingActivities) : Published;

/// <summary>The sign-in is expected to end, or the credentials are to be changed; told at 14, 7 and 1 days before.</summary>
/// <param name="Basis">What the forecast rests on: <c>idle</c>, <c>absolute</c>, <c>assumed</c>, <c>token</c>, <c>rotateBy</c>.</param>
public sealed record ConnectionExpiring(DateTimeOffset ExpiresAt, string Basis, int DaysLeft) : Published;

public sealed record ConnectedAccount(string? Id, string Display, string Basis);

/// <param name="Command">The name of its exchange.</param>
/// <param name="Code">One of the codes of the HTTP interface.</param>
public sealed record CommandRefused(
    string Workspace, Guid CommandId, string Command, string Code, string Detail, Guid? ConnectionId, DateTimeOffset At, string? CorrelationId)
{
    /// <summary>Also the id of the message. No event is behind it.</summary>
    public Guid EventId { get; init; }

    /// <summary>Where it is known.</summary>
    public string? Connector { get; init; }

    /// <summary>The revision of the connection's, or activity's, stream, where there is one.</summary>
    public long? Version { get; init; }
}
