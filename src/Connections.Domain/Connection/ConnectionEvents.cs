using System.Text.Json;

namespace Connections.Domain.Connection;

public abstract record ConnectionEvent;

/// <summary>The first credentials are version 1.</summary>
/// <param name="Credentials">In the form shown to people: secret fields are <c>***</c>.</param>
/// <param name="VaultEntry">The vault entry of the secret. An entry becomes live when an event names it.</param>
/// <param name="Fingerprints">Keyed hashes of the account's identities.</param>
/// <param name="Outcome"><c>ok</c>, or <c>skipped</c> where the credentials were not tested.</param>
/// <param name="Scopes">Granted at a sign-in, possibly fewer than requested; null without a sign-in.</param>
/// <param name="RotateBy">The date by which typed credentials should be changed; null where none was given.</param>
/// <param name="EndsAt">The end of the sign-in where the provider returned no refresh token; null otherwise.</param>
/// <param name="Definition">The version of the connector's definition, a hash of its file; null for a connector in code.</param>
public sealed record ConnectionCreated(
    string Connector,
    string Name,
    JsonElement Settings,
    JsonElement Credentials,
    string VaultEntry,
    Account Account,
    IReadOnlyList<string> Fingerprints,
    string Outcome,
    IReadOnlyList<string>? Scopes = null,
    DateTimeOffset? RotateBy = null,
    DateTimeOffset? EndsAt = null,
    string? Definition = null) : ConnectionEvent;

/// <param name="Probe">Identifies one test: a test that is reported twice is recorded once.</param>
/// <param name="Outcome"><c>ok</c> or a failure kind.</param>
/// <param name="Requested">True if a person requested the test.</param>
/// <param name="Account">Set only when the test found new identities of the account.</param>
/// <param name="Definition">The version of the definition that tested; null for a connector in code.</param>
public sealed record ConnectionTested(
    Guid Probe,
    string Outcome,
    string Message,
    int CredentialVersion,
    bool Requested,
    Account? Account = null,
    IReadOnlyList<string>? Fingerprints = null,
    string? Definition = null) : ConnectionEvent;

public sealed record ConnectionReauthRequired(string Reason, int CredentialVersion) : ConnectionEvent;

/// <summary>
/// New credentials, or the old ones accepted again. In the second case <paramref name="VaultEntry"/> is the old entry, or that of the
/// newest tokens of the same sign-in.
/// </summary>
/// <param name="SameGrant">The sign-in did not change, so its lifetime limits continue.</param>
/// <param name="Definition">The version of the definition with which the credentials were tested; null for a connector in code.</param>
public sealed record ConnectionReconnected(
    int CredentialVersion,
    string VaultEntry,
    JsonElement Settings,
    JsonElement Credentials,
    Account Account,
    IReadOnlyList<string> Fingerprints,
    IReadOnlyList<string>? Scopes = null,
    DateTimeOffset? RotateBy = null,
    bool SameGrant = false,
    DateTimeOffset? EndsAt = null,
    string? Definition = null) : ConnectionEvent;

/// <summary>A warning, 14, 7 and 1 days before the sign-in is expected to end or the credentials should be changed.</summary>
/// <param name="Basis">The source of the forecast: <c>idle</c>, <c>absolute</c>, <c>assumed</c>, <c>token</c>, <c>rotateBy</c>.</param>
public sealed record ConnectionExpiring(DateTimeOffset ExpiresAt, string Basis, int DaysLeft, int CredentialVersion) : ConnectionEvent;

public sealed record ConnectionRenamed(string Name) : ConnectionEvent;

/// <summary>
/// Another connection takes over a claim that this one does not confirm. A pending append that relies on the claim fails.
/// </summary>
public sealed record ConnectionFenced(Guid Fence, string Claim) : ConnectionEvent;

/// <summary>The id took a claim and was never created. The id cannot be used any more.</summary>
public sealed record ConnectionAbandoned(string Claim) : ConnectionEvent;

public sealed record ConnectionDeleted : ConnectionEvent;

/// <param name="Revoked"><c>yes</c>, <c>no</c> or <c>notSupported</c>: whether the grant was revoked at the provider.</param>
public sealed record ConnectionSecretsDestroyed(string Revoked) : ConnectionEvent;
