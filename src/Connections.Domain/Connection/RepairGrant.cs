namespace Connections.Domain.Connection;

/// <summary>
/// Said by the late owner of a refresh: others gave the grant up as lost, and it holds the grant after all. A person who was faster is not
/// overruled.
/// </summary>
/// <param name="CredentialVersion">Of the credentials that were refreshed.</param>
public sealed record RepairGrant(int CredentialVersion, string VaultEntry) : ConnectionCommand;

public static partial class ConnectionDecider
{
    public static IReadOnlyList<ConnectionEvent> Decide(RepairGrant c, ConnectionState now) =>
        now.Exists && now.CredentialVersion == c.CredentialVersion && now.Live!.VaultEntry != c.VaultEntry
            ? [now.Live with { CredentialVersion = now.CredentialVersion + 1, VaultEntry = c.VaultEntry, SameGrant = true }]
            : [];
}
