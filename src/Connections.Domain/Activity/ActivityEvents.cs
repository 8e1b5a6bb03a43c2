namespace Connections.Domain.Activity;

public abstract record ActivityEvent;

/// <summary>
/// Base of every event that ends an activity, so that a consumer that only needs to know whether an activity has ended keeps no list of
/// event types. An unknown outcome is an end too; the outcome that is found out later may follow it.
/// </summary>
public abstract record ActivityEnd : ActivityEvent
{
    public required ActivityFacts Facts { get; init; }
}

/// <summary>An activity as the caller requested it.</summary>
/// <param name="ConnectionId">Null if <paramref name="Connector"/> and <paramref name="ConnectionName"/> name the connection.</param>
/// <param name="Connector">Known in both cases.</param>
/// <param name="Input">Sealed (encrypted).</param>
/// <param name="BodyHash">Keyed hash of the request body. The same id with the same hash is a repeated request.</param>
/// <param name="Deadline">Limits the whole activity, waiting included.</param>
/// <param name="TimeoutSeconds">Limits one attempt.</param>
public sealed record ActivityRequested(
    Guid? ConnectionId,
    string? Connector,
    string? ConnectionName,
    string Activity,
    string Input,
    string BodyHash,
    DateTimeOffset Deadline,
    int TimeoutSeconds,
    OnReauth OnReauth,
    Caller? Caller,
    Via Via,
    Guid? RetryOf = null) : ActivityEvent;

/// <summary>
/// The worker cancels the attempt at <paramref name="RunUntil"/>. Only stages may come between this event and the outcome of the attempt.
/// </summary>
/// <param name="Definition">The version of the definition that runs; null for a connector in code.</param>
public sealed record ActivityStarted(
    int Attempt,
    string Worker,
    DateTimeOffset RunUntil,
    Guid ConnectionId,
    string Connector,
    int CredentialVersion,
    bool Repeatable,
    string? Definition = null) : ActivityEvent;

/// <summary>
/// The attempt stored how far its job has come. Its state is in the vault, because it may hold a secret such as the address of an upload
/// session.
/// </summary>
/// <param name="Entry">The vault entry of the state, which replaces the entry before.</param>
/// <param name="ConnectionId">The connection whose key seals the entry.</param>
/// <param name="Resumable">True if another attempt may go on from here, also when this one is lost, without doing anything twice.</param>
public sealed record ActivityStageSaved(
    int Attempt, string Entry, Guid ConnectionId, bool Resumable, StageProgress? Progress = null) : ActivityEvent;

/// <summary>The activity waits for the reason that <paramref name="Kind"/> names.</summary>
/// <param name="Attempts">Attempts begun so far.</param>
/// <param name="Until">The time of the next attempt; null when another event has to happen first.</param>
/// <param name="CredentialVersion">The version that the provider rejected; a higher version wakes the activity.</param>
public sealed record ActivityDeferred(
    int Attempts,
    FailureKind Kind,
    string Message,
    DateTimeOffset? Until,
    Guid? ConnectionId,
    int CredentialVersion) : ActivityEvent
{
    public required ActivityFacts Facts { get; init; }

    /// <summary>The connector's own message, sealed: providers quote what they were sent.</summary>
    public string? SealedMessage { get; init; }

    /// <summary>How far the job has come; null if nothing was stored, or if the attempt was not begun.</summary>
    public StageProgress? Progress { get; init; }

    /// <summary>
    /// True if an attempt so far may have done the work, and only its stage lets another attempt go on. If none succeeds, the outcome is
    /// unknown.
    /// </summary>
    public bool MaybeDone { get; init; }
}

/// <param name="Output">Sealed; null where a person settled the activity.</param>
/// <param name="Note">Written by the person who settled an unknown outcome.</param>
public sealed record ActivitySucceeded(int Attempt, string? Output, string? Note = null) : ActivityEnd;

/// <param name="Note">Written by the person who settled an unknown outcome.</param>
public sealed record ActivityFailed(int Attempts, FailureKind Kind, string Message, string? Note = null) : ActivityEnd
{
    /// <summary>The connector's own message, sealed: providers quote what they were sent.</summary>
    public string? SealedMessage { get; init; }
}

/// <summary>The provider may have done the work or not. A repetition could do the work twice, so a person settles the activity.</summary>
public sealed record ActivityOutcomeUnknown(int Attempt, FailureKind Kind, string Message) : ActivityEnd
{
    /// <summary>The connector's own message, sealed: providers quote what they were sent.</summary>
    public string? SealedMessage { get; init; }
}

public sealed record ActivityCancelled(int Attempts) : ActivityEnd;

/// <summary>Facts that consumers of an end or a deferral need, so that they do not have to read the stream.</summary>
/// <param name="CredentialVersion">Used by the last attempt; 0 when no attempt was begun.</param>
/// <param name="TokenVersion">The last access token that the last attempt received; null where the attempt received none.</param>
public sealed record ActivityFacts(
    string Activity, Guid? ConnectionId, string? Connector, int CredentialVersion, Caller? Caller, int? TokenVersion = null);

/// <summary>The place in the caller's workflow. The service returns these values unchanged.</summary>
public sealed record Caller(string? Workflow = null, string? Run = null, string? Step = null);

/// <summary>Decides whether an activity waits or fails when the provider rejects the credentials.</summary>
public enum OnReauth
{
    Wait,
    Fail
}

public enum Via
{
    Http,
    Bus
}
