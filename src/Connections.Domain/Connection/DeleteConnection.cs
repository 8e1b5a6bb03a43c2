namespace Connections.Domain.Connection;

public sealed record DeleteConnection : ConnectionCommand;

/// <summary>Sent after the vault destroyed the connection's secrets.</summary>
public sealed record RecordSecretsDestroyed(string Revoked) : ConnectionCommand;

public static partial class ConnectionDecider
{
    public static IReadOnlyList<ConnectionEvent> Decide(DeleteConnection c, ConnectionState now)
    {
        if (now.Status == ConnectionStatus.Deleted) return [];
        if (now.Status == ConnectionStatus.Authorizing) return [AuthorizationFailed.Cancelled(now.SignIn!.Start.Attempt)];
        if (now is { Status: ConnectionStatus.Absent, SignIn: not null }) return []; // cancelled before a person signed in
        RequireExisting(now);
        return [new ConnectionDeleted()];
    }

    public static IReadOnlyList<ConnectionEvent> Decide(RecordSecretsDestroyed c, ConnectionState now) =>
        now is { Status: ConnectionStatus.Deleted, SecretsDestroyed: false } ? [new ConnectionSecretsDestroyed(c.Revoked)] : [];
}
