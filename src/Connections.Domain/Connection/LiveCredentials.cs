using System.Text.Json;

namespace Connections.Domain.Connection;

/// <summary>The credentials that activities use now, and the form that people see of them.</summary>
/// <param name="CredentialVersion">1 for the first credentials; each reconnect adds one.</param>
/// <param name="Credentials">Secret fields are <c>***</c>.</param>
/// <param name="Scopes">Null without a sign-in.</param>
public sealed record LiveCredentials(
    int CredentialVersion,
    string VaultEntry,
    JsonElement Settings,
    JsonElement Credentials,
    Account Account,
    IReadOnlyList<string> Fingerprints,
    IReadOnlyList<string>? Scopes,
    DateTimeOffset? RotateBy,
    DateTimeOffset? EndsAt)
{
    public static LiveCredentials From(ConnectionCreated c) =>
        new(1, c.VaultEntry, c.Settings, c.Credentials, c.Account, c.Fingerprints, c.Scopes, c.RotateBy, c.EndsAt);

    public static LiveCredentials From(ConnectionReconnected r) =>
        new(r.CredentialVersion, r.VaultEntry, r.Settings, r.Credentials, r.Account, r.Fingerprints, r.Scopes, r.RotateBy, r.EndsAt);

    /// <summary>The event that accepts the same credentials again: those of the same sign-in, whose lifetime limits continue.</summary>
    /// <param name="newest">The entry of the newest tokens; null where the entry stays.</param>
    public ConnectionReconnected AcceptedAgain(string? newest) => new(
        CredentialVersion + 1, newest ?? VaultEntry, Settings, Credentials, Account, Fingerprints, Scopes, RotateBy, SameGrant: true, EndsAt);
}
