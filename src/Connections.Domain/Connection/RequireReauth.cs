namespace Connections.Domain.Connection;

/// <summary>The provider rejected the credentials of this version.</summary>
public sealed record RequireReauth(string Reason, int CredentialVersion) : ConnectionCommand;

public static partial class ConnectionDecider
{
    public static IReadOnlyList<ConnectionEvent> Decide(RequireReauth c, ConnectionState now) => now.Status switch
    {
        ConnectionStatus.Connected or ConnectionStatus.Unreachable when c.CredentialVersion == now.CredentialVersion =>
            [new ConnectionReauthRequired(c.Reason, c.CredentialVersion)],
        _ => [] // repeated, stale, or observed with credentials that were replaced since
    };
}
