using EventSourcing.EventStoreDb.Protocol;
using Grpc.Core;

namespace EventStoreDouble;

internal sealed class GossipEndpoint(Members members) : Gossip.GossipBase
{
    public override Task<ClusterInfo> Read(Empty request, ServerCallContext context)
    {
        var answer = new ClusterInfo();
        foreach (var (role, host, port) in members.All)
        {
            var place = new EndPoint { Address = host, Port = (uint)port };
            answer.Members.Add(new MemberInfo { State = role, IsAlive = true, HttpEndPoint = place });
        }

        return Task.FromResult(answer);
    }
}
