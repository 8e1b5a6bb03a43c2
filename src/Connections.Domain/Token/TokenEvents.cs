namespace Connections.Domain.Token;

/// <summary>
/// What happens to the tokens of a connection between two sign-ins. The tokens of the sign-in itself are version 0 of the connection's
/// credential version; each refresh makes the next.
/// </summary>
public abstract record TokenEvent;

/// <summary>Somebody refreshes: the lock. Whoever else needs the token waits for the outcome.</summary>
/// <param name="TokenVersion">The version that is being made.</param>
/// <param name="Entry">Where the vault will have the answer.</param>
/// <param name="Newest">Where the tokens that are renewed lie; null for those of the sign-in. A shortened stream still says it.</param>
public sealed record TokenRefreshStarted(int CredentialVersion, int TokenVersion, string Entry, string? Newest = null) : TokenEvent;

/// <summary>The answer lies in the vault under the entry of the start.</summary>
/// <param name="ExpiresAt">When the access token ends, as the provider said or its definition assumes.</param>
/// <param name="Rotated">The provider gave another refresh token.</param>
/// <param name="Scopes">Granted with it, where the provider said so.</param>
public sealed record TokenRefreshed(
    int CredentialVersion, int TokenVersion, string Entry, DateTimeOffset ExpiresAt, bool Rotated, IReadOnlyList<string>? Scopes = null)
    : TokenEvent;

/// <summary>The provider gave no token. Only <c>reauthRequired</c> ends the grant; after any other kind it is asked again.</summary>
public sealed record TokenRefreshRefused(int CredentialVersion, int TokenVersion, FailureKind Kind, string Message) : TokenEvent;

/// <summary>The owner of a refresh was not heard of for a minute. Itself a start.</summary>
/// <param name="Entry">Where the vault will have the answer of whoever took over.</param>
/// <param name="Former">Where the answer of the one before would lie.</param>
/// <param name="Newest">As in the start.</param>
public sealed record TokenRefreshTakenOver(int CredentialVersion, int TokenVersion, string Entry, string Former, string? Newest = null)
    : TokenEvent;

/// <summary>The refresh token may be used up, and nobody has what it was given for: somebody has to sign in again.</summary>
public sealed record TokenRefreshUnknown(int CredentialVersion, int TokenVersion) : TokenEvent;

/// <summary>The connection was deleted: no refresh starts any more.</summary>
public sealed record TokenClosed : TokenEvent;
