namespace Connections.Domain;

/// <summary>The single list of failure kinds: connectors report them, events store them, and callers see them (in camel case).</summary>
public enum FailureKind
{
    /// <summary>The provider rejects these credentials: a person has to reconnect the connection.</summary>
    ReauthRequired,

    /// <summary>The provider asks to slow down.</summary>
    Throttled,

    /// <summary>The provider could not be reached, or answered that it cannot serve now.</summary>
    Unavailable,

    /// <summary>No response in time.</summary>
    Timeout,

    /// <summary>Our own application or configuration at the provider is at fault; no user can repair it.</summary>
    Operator,

    /// <summary>The credentials are valid, but do not permit this operation.</summary>
    Forbidden,

    /// <summary>The input is wrong; the same input will fail again.</summary>
    InvalidInput,

    /// <summary>The object that the input names does not exist.</summary>
    NotFound,

    /// <summary>The connection was deleted.</summary>
    ConnectionDeleted,

    /// <summary>A fault in this service.</summary>
    Internal,

    /// <summary>The connection's concurrency limit was reached. A reason to wait, never an outcome.</summary>
    Busy,

    /// <summary>The worker that ran the attempt was lost. A reason to wait, never an outcome.</summary>
    WorkerLost,

    /// <summary>The activity continues later, from the stage that it stored. A reason to wait, never an outcome.</summary>
    ProviderJob
}

/// <summary>Whether a failed call may have reached the provider.</summary>
public enum Delivered
{
    No,
    Maybe,
    Yes
}
