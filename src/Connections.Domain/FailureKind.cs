namespace Connections.Domain;

/// <summary>The one vocabulary of failure: what connectors report, events hold, and callers see (in camel case).</summary>
public enum FailureKind
{
    /// <summary>The provider refuses these credentials: the connection has to be mended by a person.</summary>
    ReauthRequired,

    /// <summary>The provider asks to slow down.</summary>
    Throttled,

    /// <summary>The provider could not be reached, or said that it cannot serve now.</summary>
    Unavailable,

    /// <summary>No answer in time.</summary>
    Timeout,

    /// <summary>Our own application or configuration at the provider is at fault; no user can mend it.</summary>
    Operator,

    /// <summary>The credentials are good, but do not allow this.</summary>
    Forbidden,

    /// <summary>The input is wrong; the same input will fail again.</summary>
    InvalidInput,

    /// <summary>What the input names does not exist.</summary>
    NotFound,

    /// <summary>The connection was deleted.</summary>
    ConnectionDeleted,

    /// <summary>A fault of ours.</summary>
    Internal,

    /// <summary>The connection's concurrency limit was reached. Only waited for, never an outcome.</summary>
    Busy,

    /// <summary>The worker that ran the attempt was lost. Only waited for, never an outcome.</summary>
    WorkerLost
}

/// <summary>Whether an act that failed may have reached the provider.</summary>
public enum Delivered
{
    No,
    Maybe,
    Yes
}
