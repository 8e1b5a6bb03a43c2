namespace Connections.Domain.Connection;

/// <summary>
/// Sent by the delayed owner of a refresh: another host declared the grant lost, but the owner received the new tokens. If a person
/// reconnected meanwhile, the command changes nothing.
/// </summary>
/// <param name="CredentialVersion">The version of the credentials that were refreshed.</param>
public sealed record RepairGrant(int CredentialVersion, string VaultEntry) : ConnectionCommand;

public static partial class ConnectionDecider
{
    public static IReadOnlyList<ConnectionEvent> Decide(RepairGrant c, ConnectionState now) =>
        now.Exists && now.CredentialVersion == c.CredentialVersion && now.Live!.VaultEntry != c.VaultEntry
            ? [now.Live.AcceptedAgain(c.VaultEntry)]
            : [];
}
