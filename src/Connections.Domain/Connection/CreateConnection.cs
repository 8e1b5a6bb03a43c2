using System.Text.Json;
using EventSourcing;

namespace Connections.Domain.Connection;

/// <summary>Sent after the claims are taken and the secret is stored in the vault.</summary>
public sealed record CreateConnection(ConnectionCreated Connection) : ConnectionCommand
{
    /// <summary>True for a repeated request. Credentials are not compared, because they are never read back.</summary>
    public static bool SameBody(ConnectionCreated a, ConnectionCreated b) =>
        a.Connector == b.Connector && a.Name == b.Name && a.RotateBy == b.RotateBy && JsonElement.DeepEquals(a.Settings, b.Settings);
}

public static partial class ConnectionDecider
{
    public static IReadOnlyList<ConnectionEvent> Decide(CreateConnection c, ConnectionState now) => now.Status switch
    {
        ConnectionStatus.Absent => [c.Connection],
        ConnectionStatus.Authorizing when now.SignIn!.Start.SameBody(c.Connection) => [c.Connection],
        ConnectionStatus.Authorizing => throw new RejectedException(
            "connection.id-reused", "A sign-in is under way for a connection with this id and another body. Use a new id."),
        ConnectionStatus.Abandoned => throw new RejectedException(
            "connection.id-reused", "This id cannot be used: another connection took its name or account meanwhile. Use a new id."),
        ConnectionStatus.Deleted => throw new RejectedException("connection.deleted", "The connection with this id was deleted. Use a new id."),
        _ when CreateConnection.SameBody(now.Creation!, c.Connection) => [],
        _ => throw new RejectedException("connection.id-reused", "A connection with this id was created with another body. Use a new id.")
    };
}
