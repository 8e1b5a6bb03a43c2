namespace Connections.Domain.Connection;

/// <summary>The name is claimed before this is said.</summary>
public sealed record RenameConnection(string Name) : ConnectionCommand;

public static partial class ConnectionDecider
{
    public static IReadOnlyList<ConnectionEvent> Decide(RenameConnection c, ConnectionState now)
    {
        RequireExisting(now);
        return now.Name == c.Name ? [] : [new ConnectionRenamed(c.Name)];
    }
}
