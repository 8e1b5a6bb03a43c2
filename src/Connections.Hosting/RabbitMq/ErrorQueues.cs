using System.Runtime.CompilerServices;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace Connections.Hosting.RabbitMq;

/// <param name="Ready">The messages waiting in the queue; null when the queue does not exist yet.</param>
/// <param name="Errors">The messages in its error queue; null when the error queue does not exist yet.</param>
public sealed record QueueDepth(string Queue, uint? Ready, uint Consumers, uint? Errors);

/// <summary>Selects one message of an error queue, by its id or its position. A message of another system may have no id.</summary>
/// <param name="Position">The position in the list of the error queue, from 1.</param>
public sealed record MessageSelection(string? Id, int? Position)
{
    public bool Matches(string? id, int position) => (Id is null || Id == id) && (Position is null || Position == position);

    public override string ToString() => Id is not null ? $"the id {Id}" : $"the position {Position}";
}

/// <summary>Lists the messages in the error queues, moves them back and drops them. Bodies are never read: they may be confidential.</summary>
public sealed class ErrorQueues(Broker broker)
{
    /// <exception cref="CommandException">The broker is unavailable, or rejects the connection.</exception>
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

    /// <summary>
    /// Lists the messages in an error queue. They return to it when the enumeration ends, with their delivery count one higher.
    /// </summary>
    /// <exception cref="CommandException">As for <see cref="Depths"/>.</exception>
    public async IAsyncEnumerable<FailedMessage> List(string queue, [EnumeratorCancellation] CancellationToken ct)
    {
        await using var connection = await Connect(ct);
        if (await Inspect(connection, ErrorQueue.NameFor(queue), ct) is not { } there) yield break;
        await using var channel = await connection.CreateChannelAsync(cancellationToken: ct);
        for (var position = 1; position <= there.MessageCount && await Next(channel, queue, ct) is { } found; position++)
            yield return FailedMessage.From(queue, position, found.BasicProperties);
    }

    /// <summary>
    /// Moves the messages of an error queue back to their queue. A message leaves the error queue only after the broker has confirmed the
    /// copy. If the process is killed in between, the message is in both queues, with the same id.
    /// </summary>
    /// <param name="selection">Moves only this message; null moves all.</param>
    /// <returns>The number of messages moved.</returns>
    /// <exception cref="CommandException">As for <see cref="Depths"/>; or the queue accepts no message. The rest stays in the error
    /// queue.</exception>
    public async Task<int> Retry(string queue, MessageSelection? selection, CancellationToken ct)
    {
        var done = 0;
        try
        {
            await ForEach(queue, selection, async (channel, found) =>
            {
                await BusExtensions.WithTimeout(
                    limit => channel.BasicPublishAsync("", queue, true, FailedMessage.CreateRetry(found.BasicProperties), found.Body, limit).AsTask(), ct);
                await channel.BasicAckAsync(found.DeliveryTag, multiple: false, ct);
                done++;
            }, ct);
        }
        catch (Exception rejected) when (rejected is PublishException or OperationInterruptedException or TimeoutException or AlreadyClosedException)
        {
            throw CommandException.Failed(
                $"{queue}: {done} moved back, then the broker rejected a message ({rejected.GetType().Name}). "
                + "The rest is still in the error queue: try again.");
        }

        return done;
    }

    /// <summary>Removes messages from an error queue for ever.</summary>
    /// <param name="selection">Drops only this message; null drops all that are in the queue now.</param>
    /// <returns>The number of messages dropped.</returns>
    /// <exception cref="CommandException">As for <see cref="Depths"/>.</exception>
    public async Task<int> Drop(string queue, MessageSelection? selection, CancellationToken ct)
    {
        var done = 0;
        await ForEach(queue, selection, async (channel, found) =>
        {
            await channel.BasicAckAsync(found.DeliveryTag, multiple: false, ct);
            done++;
        }, ct);
        return done;
    }

    // Messages that are not selected return to the queue when the channel closes.
    private async Task ForEach(string queue, MessageSelection? selection, Func<IChannel, BasicGetResult, Task> handle, CancellationToken ct)
    {
        await using var connection = await Connect(ct);
        if (await Inspect(connection, ErrorQueue.NameFor(queue), ct) is not { } there) return;
        await using var channel = await connection.CreateChannelAsync(
            new CreateChannelOptions(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true), ct);
        for (var position = 1; position <= there.MessageCount && await Next(channel, queue, ct) is { } found; position++)
            if (selection?.Matches(found.BasicProperties.MessageId, position) is not false) await handle(channel, found);
    }

    private static Task<BasicGetResult?> Next(IChannel channel, string queue, CancellationToken ct) =>
        channel.BasicGetAsync(ErrorQueue.NameFor(queue), autoAck: false, ct);

    // The broker closes the channel when the queue does not exist, so each call opens its own.
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
        catch (BrokerUnreachableException fault)
        {
            throw CommandException.Failed(
                $"RabbitMQ at {broker} is unavailable, or rejects the connection ({fault.InnerException?.GetType().Name}).");
        }
    }
}
