using Connections.Domain;
using EventSourcing;

namespace Connections.Worker.Consumers;

/// <summary>Limits checks to one per connection and five seconds, however many activities request one.</summary>
public sealed class RecentChecks(TimeProvider clock)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    private readonly ExpiringMap<ConnectionId, bool> begun = new(clock, Pause);

    public bool Begin(ConnectionId id) => begun.TryAdd(id, true);
}
