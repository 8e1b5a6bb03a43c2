namespace Connections.Domain.Token;

/// <summary>
/// Events about the tokens of a connection between two sign-ins. The tokens of the sign-in itself are version 0 of the connection's
/// credential version; each refresh creates the next version.
/// </summary>
public abstract record TokenEvent;

/// <summary>A refresh has started. This event is the lock: others that need the token wait for the outcome.</summary>
/// <param name="TokenVersion">The version that the refresh creates.</param>
/// <param name="Entry">The vault entry that will hold the provider's response.</param>
/// <param name="Newest">The entry of the tokens being refreshed; null for those of the sign-in. Retention may remove earlier
/// events.</param>
public sealed record TokenRefreshStarted(int CredentialVersion, int TokenVersion, string Entry, string? Newest = null) : TokenEvent;

/// <summary>The response is stored in the vault under the entry that the start named.</summary>
/// <param name="ExpiresAt">The expiry of the access token, from the provider or assumed by its definition.</param>
/// <param name="Rotated">The provider returned a new refresh token.</param>
/// <param name="Scopes">The scopes granted with the token; null where the provider did not return them.</param>
public sealed record TokenRefreshed(
    int CredentialVersion, int TokenVersion, string Entry, DateTimeOffset ExpiresAt, bool Rotated, IReadOnlyList<string>? Scopes = null)
    : TokenEvent;

/// <summary>
/// The provider returned no token. Only <c>reauthRequired</c> ends the grant; after any other kind the refresh is tried again.
/// </summary>
public sealed record TokenRefreshRefused(int CredentialVersion, int TokenVersion, FailureKind Kind, string Message) : TokenEvent;

/// <summary>The owner of a refresh did not report for a minute. This event starts a refresh by another owner.</summary>
/// <param name="Entry">The vault entry that will hold the response to the new owner.</param>
/// <param name="Former">The vault entry that may hold the response to the former owner.</param>
/// <param name="Newest">The same as in the start.</param>
public sealed record TokenRefreshTakenOver(int CredentialVersion, int TokenVersion, string Entry, string Former, string? Newest = null)
    : TokenEvent;

/// <summary>The refresh token may be used up, and its response is lost: a person has to sign in again.</summary>
public sealed record TokenRefreshUnknown(int CredentialVersion, int TokenVersion) : TokenEvent;

/// <summary>The connection was deleted: no further refresh can start.</summary>
public sealed record TokenClosed : TokenEvent;
