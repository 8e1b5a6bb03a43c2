using System.Net;
using EventSourcing.EventStoreDb.Protocol;
using Grpc.Core;

namespace EventSourcing.EventStoreDb;

/// <summary>Finds the node to call by gossip. One call at a time.</summary>
internal sealed class Discovery(ConnectionString settings, TimeProvider clock)
{
    private IReadOnlyList<DnsEndPoint> endpoints = settings.Hosts;

    /// <exception cref="RpcException">No usable node was found.</exception>
    public async Task<DnsEndPoint> Find(CancellationToken ct)
    {
        for (var attempt = 1; ; attempt++)
        {
            RpcException? failed = null;
            foreach (var member in endpoints.OrderBy(_ => Random.Shared.Next()))
            {
                using var node = new Node(settings, member, clock);
                try
                {
                    var deadline = clock.GetUtcNow().UtcDateTime + settings.GossipTimeout;
                    var gossip = await node.Gossip.ReadAsync(new Empty(), node.Headers, deadline, ct);
                    var members = gossip.Members.Where(m => m.IsAlive).ToArray();
                    if (Best(members) is not { } best) continue;
                    endpoints = [.. members.Select(Address)];
                    return Address(best);
                }
                catch (RpcException e) when (Faults.Refusal(e, settings) is null)
                {
                    failed = e;
                }
            }

            endpoints = settings.Hosts;
            if (attempt == settings.MaxDiscoverAttempts)
                throw failed ?? new RpcException(new Status(StatusCode.Unavailable, "No usable node was found."));
            await Task.Delay(settings.DiscoveryInterval, clock, ct);
        }
    }

    private MemberInfo? Best(IEnumerable<MemberInfo> members) => members
        .Where(m => m.State is NodeState.Leader or NodeState.Follower or NodeState.ReadOnlyLeaderless or NodeState.ReadOnlyReplica)
        .Where(m => settings.Prefers != NodePreference.Leader || m.State == NodeState.Leader)
        .OrderBy(m => settings.Prefers switch
        {
            NodePreference.Follower => m.State == NodeState.Follower ? 0 : 1,
            NodePreference.ReadOnlyReplica => m.State is NodeState.ReadOnlyReplica or NodeState.ReadOnlyLeaderless ? 0 : 1,
            _ => 0
        })
        .ThenBy(_ => Random.Shared.Next())
        .FirstOrDefault();

    private static DnsEndPoint Address(MemberInfo member) => new(member.HttpEndPoint.Address, (int)member.HttpEndPoint.Port);
}
