namespace Connections.Domain.Connection;

/// <summary>The provider refused the credentials of this version.</summary>
public sealed record RequireReauth(string Reason, int CredentialVersion) : ConnectionCommand;

public static partial class ConnectionDecider
{
    public static IReadOnlyList<ConnectionEvent> Decide(RequireReauth c, ConnectionState now) => now.Status switch
    {
        ConnectionStatus.Connected or ConnectionStatus.Unreachable when c.CredentialVersion == now.CredentialVersion =>
            [new ConnectionReauthRequired(c.Reason, c.CredentialVersion)],
        _ => [] // said before, too late to matter, or seen with credentials since replaced
    };
}
