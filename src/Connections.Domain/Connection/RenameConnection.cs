namespace Connections.Domain.Connection;

/// <summary>Sent after the name is claimed.</summary>
public sealed record RenameConnection(string Name) : ConnectionCommand;

public static partial class ConnectionDecider
{
    public static IReadOnlyList<ConnectionEvent> Decide(RenameConnection c, ConnectionState now)
    {
        RequireExisting(now);
        return now.Name == c.Name ? [] : [new ConnectionRenamed(c.Name)];
    }
}
