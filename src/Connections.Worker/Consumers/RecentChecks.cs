using System.Collections.Concurrent;
using Connections.Domain;

namespace Connections.Worker.Consumers;

/// <summary>Limits checks to one per connection and five seconds, however many activities request one.</summary>
public sealed class RecentChecks(TimeProvider clock)
{
    private const int MaxEntries = 1_000;

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<ConnectionId, long> begun = new();

    public bool Begin(ConnectionId id)
    {
        var now = clock.GetTimestamp();
        if (begun.Count > MaxEntries) Forget();
        if (begun.TryAdd(id, now)) return true;
        return begun.TryGetValue(id, out var last)
            && clock.GetElapsedTime(last, now) >= Pause
            && begun.TryUpdate(id, now, last);
    }

    private void Forget()
    {
        foreach (var (connection, last) in begun)
            if (clock.GetElapsedTime(last) >= Pause) begun.TryRemove(new(connection, last));
    }
}
