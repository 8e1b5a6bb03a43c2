namespace Connections.Domain.Connection;

/// <summary>Fences a claimant whose claim is taken over, at the revision at which its stream did not confirm the claim.</summary>
/// <param name="Fence">Identifies one take-over: a repeated command is recorded once.</param>
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
