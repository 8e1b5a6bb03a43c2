namespace Connections.Domain.Activity;

public abstract record ActivityEvent;

/// <summary>
/// The activity has ended. Every event that ends one derives from this type, so that a consumer which only asks whether an activity has ended
/// needs no list of its own. An unknown outcome is an end too, and may be followed by the outcome that was found out later.
/// </summary>
public abstract record ActivityEnd : ActivityEvent
{
    public required ActivityFacts Facts { get; init; }
}

/// <summary>An activity as it was asked for.</summary>
/// <param name="ConnectionId">Null where the connection is named by <paramref name="Connector"/> and <paramref name="ConnectionName"/> instead.</param>
/// <param name="Connector">Known in both cases.</param>
/// <param name="Input">Sealed.</param>
/// <param name="BodyHash">Keyed hash of all that was asked: the same id with the same body is the same wish.</param>
/// <param name="Deadline">For the whole, waiting included.</param>
/// <param name="TimeoutSeconds">For one attempt.</param>
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

/// <summary>The worker cancels itself at <paramref name="RunUntil"/>; a report of this attempt is appended right behind this event.</summary>
public sealed record ActivityStarted(
    int Attempt,
    string Worker,
    DateTimeOffset RunUntil,
    Guid ConnectionId,
    string Connector,
    int CredentialVersion,
    bool Repeatable) : ActivityEvent;

/// <summary>It waits, for what <paramref name="Kind"/> says.</summary>
/// <param name="Attempts">Begun so far.</param>
/// <param name="Until">When it is tried again; null when something else has to happen first.</param>
/// <param name="CredentialVersion">The version that was refused; a higher one wakes it.</param>
public sealed record ActivityDeferred(
    int Attempts,
    FailureKind Kind,
    string Message,
    DateTimeOffset? Until,
    Guid? ConnectionId,
    int CredentialVersion) : ActivityEvent
{
    public required ActivityFacts Facts { get; init; }

    /// <summary>The connector's own words, sealed: providers quote what they were sent.</summary>
    public string? SealedMessage { get; init; }
}

/// <param name="Output">Sealed; null where a person settled it.</param>
/// <param name="Note">Of the person who settled what was unknown.</param>
public sealed record ActivitySucceeded(int Attempt, string? Output, string? Note = null) : ActivityEnd;

/// <param name="Note">Of the person who settled what was unknown.</param>
public sealed record ActivityFailed(int Attempts, FailureKind Kind, string Message, string? Note = null) : ActivityEnd
{
    /// <summary>The connector's own words, sealed: providers quote what they were sent.</summary>
    public string? SealedMessage { get; init; }
}

/// <summary>It may have been done or not, and must not be done twice: a person settles it.</summary>
public sealed record ActivityOutcomeUnknown(int Attempt, FailureKind Kind, string Message) : ActivityEnd
{
    /// <summary>The connector's own words, sealed: providers quote what they were sent.</summary>
    public string? SealedMessage { get; init; }
}

public sealed record ActivityCancelled(int Attempts) : ActivityEnd;

/// <summary>What whoever hears of an end or a wait wants to know, so that nobody has to read the stream for it.</summary>
/// <param name="CredentialVersion">Of the last attempt; 0 when none was begun.</param>
/// <param name="TokenVersion">Of the last access token that the last attempt got; null where it got none.</param>
public sealed record ActivityFacts(
    string Activity, Guid? ConnectionId, string? Connector, int CredentialVersion, Caller? Caller, int? TokenVersion = null);

/// <summary>Where in a workflow it came from; told back as it was.</summary>
public sealed record Caller(string? Workflow = null, string? Run = null, string? Step = null);

/// <summary>What a dead grant does to the activity that meets it.</summary>
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
