namespace Connections.Domain.Connection;

/// <summary>Said of a claimant whose claim is taken over, at the revision at which it was seen not to confirm it.</summary>
/// <param name="Fence">One take-over: said twice it is recorded once.</param>
public sealed record FenceConnection(Guid Fence, string Claim) : ConnectionCommand;

public static partial class ConnectionDecider
{
    public static IReadOnlyList<ConnectionEvent> Decide(FenceConnection c, ConnectionState now) => now.Status switch
    {
        ConnectionStatus.Absent or ConnectionStatus.Authorizing => [new ConnectionAbandoned(c.Claim)],
        ConnectionStatus.Abandoned or ConnectionStatus.Deleted => [],
        _ when now.LastFence == c.Fence => [],
        _ => [new ConnectionFenced(c.Fence, c.Claim)]
    };
}
