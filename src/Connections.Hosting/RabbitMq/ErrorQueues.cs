using System.Runtime.CompilerServices;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace Connections.Hosting.RabbitMq;

/// <param name="Ready">Messages that wait; null where the queue was not made yet.</param>
/// <param name="Errors">Messages in its error queue; null where there is none yet.</param>
public sealed record QueueDepth(string Queue, uint? Ready, uint Consumers, uint? Errors);

/// <summary>What lies in the error queues, and the way back. Bodies are carried and never looked at: they may hold what nobody is to read.</summary>
public sealed class ErrorQueues(Broker broker)
{
    /// <exception cref="CommandException">The broker does not answer, or does not let us in.</exception>
    public async Task<IReadOnlyList<QueueDepth>> Depths(CancellationToken ct)
    {
        await using var connection = await Connect(ct);
        var depths = new List<QueueDepth>();
        foreach (var queue in CommandQueues.All)
        {
            var (own, errors) = (await Inspect(connection, queue, ct), await Inspect(connection, ErrorQueue.NameFor(queue), ct));
            depths.Add(new QueueDepth(queue, own?.MessageCount, own?.ConsumerCount ?? 0, errors?.MessageCount));
        }

        return depths;
    }

    /// <summary>All that lie there now. They are given back when the enumeration ends, each one delivery older.</summary>
    /// <exception cref="CommandException">As for <see cref="Depths"/>.</exception>
    public async IAsyncEnumerable<FailedMessage> List(string queue, [EnumeratorCancellation] CancellationToken ct)
    {
        await using var connection = await Connect(ct);
        if (await Inspect(connection, ErrorQueue.NameFor(queue), ct) is not { } there) yield break;
        await using var channel = await connection.CreateChannelAsync(cancellationToken: ct);
        for (var left = there.MessageCount; left > 0 && await channel.BasicGetAsync(ErrorQueue.NameFor(queue), autoAck: false, ct) is { } found; left--)
            yield return FailedMessage.From(queue, found.BasicProperties);
    }

    /// <summary>
    /// Puts back what lies there now, each once: the broker confirms that the queue has it before the error queue lets it go. Should this
    /// process be killed between the two, it lies in both, with the same id.
    /// </summary>
    /// <param name="id">Only the messages with this id; null: all.</param>
    /// <returns>How many went back.</returns>
    /// <exception cref="CommandException">As for <see cref="Depths"/>; or the queue takes nothing: what was not put back lies where it lay.</exception>
    public async Task<int> Retry(string queue, string? id, CancellationToken ct)
    {
        await using var connection = await Connect(ct);
        if (await Inspect(connection, ErrorQueue.NameFor(queue), ct) is not { } there) return 0;
        await using var channel = await connection.CreateChannelAsync(
            new CreateChannelOptions(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true), ct);
        var done = 0;
        try
        {
            for (var left = there.MessageCount; left > 0 && await channel.BasicGetAsync(ErrorQueue.NameFor(queue), autoAck: false, ct) is { } found; left--)
            {
                if (id is not null && found.BasicProperties.MessageId != id) continue; // goes back when the channel ends
                await BusExtensions.WithTimeout(
                    limit => channel.BasicPublishAsync("", queue, true, FailedMessage.CreateRetry(found.BasicProperties), found.Body, limit).AsTask(), ct);
                await channel.BasicAckAsync(found.DeliveryTag, multiple: false, ct);
                done++;
            }
        }
        catch (Exception refused) when (refused is PublishException or OperationInterruptedException or TimeoutException or AlreadyClosedException)
        {
            throw CommandException.World(
                $"{queue}: {done} put back; then the broker would not take one ({refused.GetType().Name}). The rest lies where it lay: try again.");
        }

        return done;
    }

    // a question for a queue that is not there ends its channel
    internal static async Task<QueueDeclareOk?> Inspect(IConnection connection, string queue, CancellationToken ct)
    {
        await using var channel = await connection.CreateChannelAsync(cancellationToken: ct);
        try
        {
            return await channel.QueueDeclarePassiveAsync(queue, ct);
        }
        catch (OperationInterruptedException gone) when (gone.ShutdownReason?.ReplyCode == 404)
        {
            return null;
        }
    }

    private async Task<IConnection> Connect(CancellationToken ct)
    {
        try
        {
            return await broker.Factory().CreateConnectionAsync(ct);
        }
        catch (BrokerUnreachableException away)
        {
            throw CommandException.World($"RabbitMQ at {broker} does not answer, or does not let us in ({away.InnerException?.GetType().Name}).");
        }
    }
}
