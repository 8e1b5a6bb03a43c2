using System.Globalization;
using EventSourcing.EventStoreDb.Protocol;
using Grpc.Core;

namespace EventStoreDouble;

/// <summary>The nodes and their roles from the members file. Without a file this node is the only one and the leader.</summary>
internal sealed class Members(DoubleSettings settings)
{
    public IReadOnlyList<(NodeState Role, string Host, int Port)> All => settings.Members is null
        ? [(NodeState.Leader, "127.0.0.1", settings.Port)]
        : [.. File.ReadAllLines(settings.Members).Where(line => line.Length > 0).Select(Parse)];

    /// <exception cref="RpcException">The caller requires the leader, and this node is not the leader.</exception>
    public void RequireLeader(ServerCallContext context)
    {
        if (All.Any(m => m.Role == NodeState.Leader && m.Port == settings.Port)) return;
        if (All.FirstOrDefault(m => m.Role == NodeState.Leader) is not { Host: not null } leader)
            throw new RpcException(new Grpc.Core.Status(StatusCode.Unknown, "No leader info available in response"));
        if (context.RequestHeaders.GetValue("requires-leader") != "True")
            throw new RpcException(new Grpc.Core.Status(StatusCode.Unimplemented, "This double forwards nothing."));
        throw new RpcException(new Grpc.Core.Status(StatusCode.NotFound, "Leader info available"), new Metadata
        {
            { "exception", "not-leader" },
            { "leader-endpoint-host", leader.Host },
            { "leader-endpoint-port", leader.Port.ToString(CultureInfo.InvariantCulture) }
        });
    }

    private static (NodeState Role, string Host, int Port) Parse(string line)
    {
        var parts = line.Split(' ', ':');
        return (Enum.Parse<NodeState>(parts[0]), parts[1], int.Parse(parts[2], CultureInfo.InvariantCulture));
    }
}
