using System.Text.Json;
using EventSourcing;

namespace Connections.Domain.Connection;

/// <summary>New credentials that the provider accepted, for the same account. Sent after new identities are claimed.</summary>
public sealed record ReconnectConnection(
    string VaultEntry,
    JsonElement Settings,
    JsonElement Credentials,
    Account Account,
    IReadOnlyList<string> Fingerprints,
    IReadOnlyList<string>? Scopes = null,
    DateTimeOffset? RotateBy = null,
    DateTimeOffset? EndsAt = null,
    string? Definition = null) : ConnectionCommand;

public static partial class ConnectionDecider
{
    public static IReadOnlyList<ConnectionEvent> Decide(ReconnectConnection c, ConnectionState now)
    {
        var live = RequireExisting(now);
        if (live.VaultEntry == c.VaultEntry) return [];
        if (!live.Fingerprints.Intersect(c.Fingerprints).Any())
        {
            throw new RejectedException(
                "connection.other-account",
                $"These credentials are of {c.Account.Display}; the connection is to {live.Account.Display}. Add another connection for it.");
        }

        return
        [
            new ConnectionReconnected(
                now.CredentialVersion + 1, c.VaultEntry, c.Settings, c.Credentials, c.Account, c.Fingerprints, c.Scopes, c.RotateBy,
                EndsAt: c.EndsAt, Definition: c.Definition)
        ];
    }
}
