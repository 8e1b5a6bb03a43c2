using System.Text.Json;
using System.Text.Json.Serialization;
using Connections.Connectors.Catalogue;
using Connections.Connectors.OAuth;
using Connections.Connectors.Pipeline;
using Connections.Domain;

namespace Connections.Connectors;

/// <summary>One external system: its form, its connection test and its activities. A failure is a return value, never an exception.</summary>
public interface IConnector
{
    CatalogueEntry Entry { get; }

    /// <summary>The account as derived from the form alone, without a call to the provider.</summary>
    Account AccountAsTyped(JsonElement settings, Secret credentials);

    /// <summary>The identities as derived from the form alone.</summary>
    IReadOnlyList<AccountIdentity> IdentitiesAsTyped(JsonElement settings, Secret credentials);

    /// <summary>
    /// Tests the connection step by step until one fails: resolve, connect, TLS, sign in, identify. Signs in at most once.
    /// </summary>
    Task<ProbeResult> Probe(ConnectionUse use, CancellationToken ct);

    /// <summary>Runs an activity of the catalogue. The caller has validated the input against the schema.</summary>
    Task<ConnectorResult> Run(ConnectionUse use, string activity, JsonElement input, CancellationToken ct);

    /// <summary>Whether running the activity twice has the same effect as running it once.</summary>
    bool Repeatable(string activity, JsonElement input, JsonElement settings);

    /// <summary>The key of the circuit breaker: scheme, host and port of the target. Null: no breaker.</summary>
    string? Target(JsonElement settings) => null;

    /// <summary>The same for one activity, where the activities of a connector have different targets.</summary>
    string? Target(JsonElement settings, string activity) => Target(settings);

    /// <summary>
    /// True if the connector itself signs in through <see cref="CredentialMemory"/> (connectors with pools). Otherwise the runner allows
    /// one call at a time until a call with this credential version has succeeded.
    /// </summary>
    bool GuardsSignIn => false;
}

/// <summary>The connection data that a connector gets for one call.</summary>
/// <param name="Id">The connection's id; a new id for a test before the connection is saved.</param>
/// <param name="CredentialVersion">The key of pools, together with <paramref name="Id"/>; 0 while the connection is not saved.</param>
/// <param name="Tokens">Access tokens of an OAuth sign-in; null for typed credentials.</param>
/// <param name="Timeout">The timeout of the call, for connectors that can pass it to the provider. The runner sets it.</param>
/// <param name="Steps">Receives each step of a probe when it ends; null if nobody follows the probe.</param>
/// <param name="Activity">The id of the activity, the same in each of its attempts; null for a probe. For the provider's idempotency keys.</param>
/// <param name="Stage">Stores how far a long job has come; null for a probe.</param>
public sealed record ConnectionUse(
    string Workspace,
    Guid Id,
    int CredentialVersion,
    JsonElement Settings,
    Secret Credentials,
    TimeSpan? Timeout = null,
    IAccessTokens? Tokens = null,
    IProgress<ProbeStep>? Steps = null,
    Guid? Activity = null,
    IStage? Stage = null);

/// <summary>An identity of the account, which callers hash. Two connections that share one value belong to the same account.</summary>
/// <param name="Basis">The connector's method of identifying the account: <c>server</c>, <c>address</c>.</param>
/// <param name="Value">Normalised. Contains a secret only if nothing else identifies the account.</param>
public sealed record AccountIdentity(string Basis, string Value);

public abstract record ConnectorResult
{
    /// <summary>The text for events and responses: <c>ok</c>, or the kind of failure.</summary>
    public string Outcome => this is Failed failed ? Domain.Outcome.From(failed.Kind) : Domain.Outcome.Ok;

    public sealed record Done(JsonElement Output) : ConnectorResult;

    /// <summary>
    /// The job is not done yet. The activity waits without a worker, and a later attempt goes on from the stage, which the connector has
    /// stored before. The deadline of the activity holds.
    /// </summary>
    public sealed record Pending(TimeSpan After) : ConnectorResult;

    /// <param name="Message">For people, as the error of an activity or the step of a test. May quote the provider; contains no secret.</param>
    /// <param name="Delivered">Whether the provider may have carried out the action.</param>
    /// <param name="RetryAfter">The delay that the provider requested, if any.</param>
    /// <param name="Attempted">False if no call was made: the circuit is open, or the credentials were rejected before.</param>
    /// <param name="Answered">
    /// True if the provider itself responded. Its host is up, so the circuit breaker does not count the failure.
    /// </param>
    public sealed record Failed(
        FailureKind Kind,
        string Message,
        Delivered Delivered,
        TimeSpan? RetryAfter = null,
        bool Attempted = true,
        bool Answered = false) : ConnectorResult
    {
        /// <summary>The message in our own words, with the provider's code at most. Null if the message quotes nobody.</summary>
        public string? OwnWords { get; init; }

        /// <summary>
        /// The text for events, statuses, logs and published messages of a connection: they never contain the provider's text or the
        /// input of an activity.
        /// </summary>
        public string Reason => OwnWords ?? Message;
    }
}

/// <summary>The result of a probe. <c>Account</c> is set if <c>Failure</c> is null.</summary>
public sealed record ProbeResult(
    IReadOnlyList<ProbeStep> Steps,
    Account? Account,
    IReadOnlyList<AccountIdentity> Identities,
    ConnectorResult.Failed? Failure)
{
    public bool Ok => Failure is null;

    /// <summary>Values of the account that later requests need, to be stored with the tokens of a sign-in. They may be secret.</summary>
    public IReadOnlyDictionary<string, string> Kept { get; init; } = new Dictionary<string, string>();
}

/// <param name="Name"><c>resolve</c>, <c>connect</c>, <c>tls</c>, <c>signIn</c>, <c>identify</c>.</param>
/// <param name="Outcome"><c>ok</c>, <c>skipped</c> or a failure kind in camel case.</param>
/// <param name="Ms">Time taken, in milliseconds.</param>
public sealed record ProbeStep(string Name, string Outcome, string Message, long Ms)
{
    /// <summary>The chain that the server presented, its own certificate first, if this service does not trust it; otherwise left out.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<PresentedCertificate>? Certificates { get; init; }
}
