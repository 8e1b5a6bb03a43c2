using System.Text.Json;
using Connections.Connectors.Catalogue;
using Connections.Connectors.OAuth;
using Connections.Connectors.Pipeline;
using Connections.Domain;

namespace Connections.Connectors;

/// <summary>One external system: what it needs to know, how it is tried, what it can do. Failures are data, never exceptions.</summary>
public interface IConnector
{
    CatalogueEntry Entry { get; }

    /// <summary>The account as it can be told from what was typed, without asking the provider.</summary>
    Account AccountAsTyped(JsonElement settings, Secret credentials);

    /// <summary>Identities that can be told in the same way.</summary>
    IReadOnlyList<AccountIdentity> IdentitiesAsTyped(JsonElement settings, Secret credentials);

    /// <summary>Tries the connection as far as it gets: resolve, connect, TLS, sign in, identify. Signs in once at most.</summary>
    Task<ProbeResult> Probe(ConnectionUse use, CancellationToken ct);

    /// <summary>Runs an activity of the catalogue, its input already valid against the schema.</summary>
    Task<ConnectorResult> Run(ConnectionUse use, string activity, JsonElement input, CancellationToken ct);

    /// <summary>Whether doing it twice is the same as doing it once.</summary>
    bool Repeatable(string activity, JsonElement input, JsonElement settings);

    /// <summary>What shares one circuit breaker: scheme, host and port of the target. Null: no breaker.</summary>
    string? Target(JsonElement settings) => null;

    /// <summary>
    /// True where signing in goes through <see cref="CredentialMemory"/> inside the connector (pools). Otherwise the runner lets one call at a time through
    /// until the credential version has proven itself.
    /// </summary>
    bool GuardsSignIn => false;
}

/// <summary>A connection as a connector sees it for one call.</summary>
/// <param name="Id">The connection; a fresh id while it is not yet kept (a test before it is saved).</param>
/// <param name="CredentialVersion">With <paramref name="Id"/> the key of pools; 0 while the connection is not yet kept.</param>
/// <param name="Tokens">Where somebody signed in at the provider; null for credentials that were typed.</param>
/// <param name="Timeout">How long the call may take, for connectors that can tell the provider; the runner sets it.</param>
public sealed record ConnectionUse(
    string Workspace,
    Guid Id,
    int CredentialVersion,
    JsonElement Settings,
    Secret Credentials,
    TimeSpan? Timeout = null,
    IAccessTokens? Tokens = null);

/// <summary>An identity of the account, to be hashed: two connections with one value in common are the same account.</summary>
/// <param name="Basis">Which of the connector's ways to tell an account: <c>server</c>, <c>address</c>.</param>
/// <param name="Value">Normalised; holds no secret unless nothing else identifies the account.</param>
public sealed record AccountIdentity(string Basis, string Value);

public abstract record ConnectorResult
{
    /// <summary>As events and answers write it: <c>ok</c>, or the kind of failure.</summary>
    public string Outcome => this is Failed failed ? Domain.Outcome.From(failed.Kind) : Domain.Outcome.Ok;

    public sealed record Done(JsonElement Output) : ConnectorResult;

    /// <param name="Message">For people; holds no secret.</param>
    /// <param name="Delivered">Whether the act may have reached the provider.</param>
    /// <param name="RetryAfter">What the provider asked for, if it did.</param>
    /// <param name="Attempted">False where nothing was tried: an open circuit, credentials known to be dead.</param>
    /// <param name="Answered">True where the provider itself said so: its host is up, and the circuit does not count it.</param>
    public sealed record Failed(
        FailureKind Kind,
        string Message,
        Delivered Delivered,
        TimeSpan? RetryAfter = null,
        bool Attempted = true,
        bool Answered = false) : ConnectorResult;
}

/// <summary>What a probe saw. Without a failure the account is there.</summary>
public sealed record ProbeResult(
    IReadOnlyList<ProbeStep> Steps,
    Account? Account,
    IReadOnlyList<AccountIdentity> Identities,
    ConnectorResult.Failed? Failure)
{
    public bool Ok => Failure is null;
}

/// <param name="Name"><c>resolve</c>, <c>connect</c>, <c>tls</c>, <c>signIn</c>, <c>identify</c>.</param>
/// <param name="Outcome"><c>ok</c>, <c>skipped</c> or a failure kind in camel case.</param>
/// <param name="Ms">Time taken, in milliseconds.</param>
public sealed record ProbeStep(string Name, string Outcome, string Message, long Ms);
