using System.Collections.Concurrent;
using EndToEnd.Tests.Kills;
using TestServers;

namespace EndToEnd.Tests.Chaos;

/// <summary>Sends activities over the bus: what the broker has not confirmed is sent again, the same, until it is.</summary>
internal sealed class BusActivitySender(RabbitMqServer broker, ActivitySender sender)
{
    private readonly ConcurrentQueue<SentActivity> unconfirmed = new();

    /// <summary>Confirmed.</summary>
    public List<Guid> Accepted { get; } = [];

    /// <summary>Steadily; in the end what was not confirmed, and nothing new.</summary>
    public async Task Insist(Func<bool> enough, TimeSpan pause)
    {
        await using var busSender = new BusSender(broker);
        while (true)
        {
            if (!unconfirmed.TryDequeue(out var next) && enough()) return;
            next ??= sender.Next();
            if (await busSender.Send("run-activity", next.Message))
            {
                sender.Accepted[next.Id] = next;
                Accepted.Add(next.Id);
            }
            else
            {
                unconfirmed.Enqueue(next);
            }

            await Task.Delay(pause, TimeProvider.System);
        }
    }
}
