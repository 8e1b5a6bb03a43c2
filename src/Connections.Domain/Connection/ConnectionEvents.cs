using System.Text.Json;

namespace Connections.Domain.Connection;

public abstract record ConnectionEvent;

/// <summary>The first credentials are version 1.</summary>
/// <param name="Credentials">As people may see them: secret fields are <c>***</c>.</param>
/// <param name="VaultEntry">Where the secret lies; the event that names an entry makes it live.</param>
/// <param name="Fingerprints">Keyed hashes of the account's identities.</param>
/// <param name="Outcome"><c>ok</c>, or <c>skipped</c> where nobody tried the credentials.</param>
/// <param name="Scopes">Granted at a sign-in, which may be fewer than were asked for; null where nobody signed in.</param>
/// <param name="RotateBy">When the typed credentials are to be changed; null where nobody said it.</param>
/// <param name="EndsAt">When the sign-in ends, since the provider gave nothing to renew it with; null where it did.</param>
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
    DateTimeOffset? EndsAt = null) : ConnectionEvent;

/// <param name="Probe">One try at the provider: reported twice it is recorded once.</param>
/// <param name="Outcome"><c>ok</c> or a failure kind.</param>
/// <param name="Requested">A person asked for it.</param>
/// <param name="Account">Only when the try told more of the account than was known.</param>
public sealed record ConnectionTested(
    Guid Probe,
    string Outcome,
    string Message,
    int CredentialVersion,
    bool Requested,
    Account? Account = null,
    IReadOnlyList<string>? Fingerprints = null) : ConnectionEvent;

public sealed record ConnectionReauthRequired(string Reason, int CredentialVersion) : ConnectionEvent;

/// <summary>New credentials; or the old ones accepted again, then with the entry they had, or that of the newest tokens of their sign-in.</summary>
/// <param name="SameGrant">The sign-in is the one that was there before: its limits go on.</param>
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
    DateTimeOffset? EndsAt = null) : ConnectionEvent;

/// <summary>The sign-in is expected to end, or the credentials are to be changed; told once at each of 14, 7 and 1 days before. A forecast only warns.</summary>
/// <param name="Basis">What the forecast rests on: <c>idle</c>, <c>absolute</c>, <c>assumed</c>, <c>token</c>, <c>rotateBy</c>.</param>
public sealed record ConnectionExpiring(DateTimeOffset ExpiresAt, string Basis, int DaysLeft, int CredentialVersion) : ConnectionEvent;

public sealed record ConnectionRenamed(string Name) : ConnectionEvent;

/// <summary>Somebody takes over a claim this connection no longer confirms; whatever it was about to append with that claim fails.</summary>
public sealed record ConnectionFenced(Guid Fence, string Claim) : ConnectionEvent;

/// <summary>The id was claimed for and never created; it is spent.</summary>
public sealed record ConnectionAbandoned(string Claim) : ConnectionEvent;

public sealed record ConnectionDeleted : ConnectionEvent;

/// <param name="Revoked"><c>yes</c>, <c>no</c> or <c>notSupported</c>: whether the provider was told.</param>
public sealed record ConnectionSecretsDestroyed(string Revoked) : ConnectionEvent;
