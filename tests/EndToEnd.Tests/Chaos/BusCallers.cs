using System.Collections.Concurrent;
using EndToEnd.Tests.Kills;
using TestServers;

namespace EndToEnd.Tests.Chaos;

/// <summary>Sends activities over the bus, and repeats each unconfirmed one until the broker confirms it.</summary>
internal sealed class BusActivitySender(RabbitMqServer broker, ActivitySender sender)
{
    private readonly ConcurrentQueue<SentActivity> unconfirmed = new();

    /// <summary>The confirmed activities.</summary>
    public List<Guid> Accepted { get; } = [];

    /// <summary>Sends steadily. At the end it repeats the unconfirmed activities, without new ones.</summary>
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
