using System.Runtime.CompilerServices;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace Connections.Hosting.RabbitMq;

/// <param name="Ready">The messages waiting in the queue; null when the queue does not exist yet.</param>
/// <param name="Errors">The messages in its error queue; null when the error queue does not exist yet.</param>
public sealed record QueueDepth(string Queue, uint? Ready, uint Consumers, uint? Errors);

/// <summary>Lists the messages in the error queues and moves them back. Bodies are moved unread: they may be confidential.</summary>
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
        for (var left = there.MessageCount; left > 0 && await channel.BasicGetAsync(ErrorQueue.NameFor(queue), autoAck: false, ct) is { } found; left--)
            yield return FailedMessage.From(queue, found.BasicProperties);
    }

    /// <summary>
    /// Moves the messages of an error queue back to their queue. A message leaves the error queue only after the broker has confirmed the
    /// copy. If the process is killed in between, the message is in both queues, with the same id.
    /// </summary>
    /// <param name="id">Moves only the messages with this id; null moves all.</param>
    /// <returns>The number of messages moved.</returns>
    /// <exception cref="CommandException">As for <see cref="Depths"/>; or the queue accepts no message. The rest stays in the error
    /// queue.</exception>
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
                if (id is not null && found.BasicProperties.MessageId != id) continue; // returns when the channel closes
                await BusExtensions.WithTimeout(
                    limit => channel.BasicPublishAsync("", queue, true, FailedMessage.CreateRetry(found.BasicProperties), found.Body, limit).AsTask(), ct);
                await channel.BasicAckAsync(found.DeliveryTag, multiple: false, ct);
                done++;
            }
        }
        catch (Exception rejected) when (rejected is PublishException or OperationInterruptedException or TimeoutException or AlreadyClosedException)
        {
            throw CommandException.Failed(
                $"{queue}: {done} moved back, then the broker rejected a message ({rejected.GetType().Name}). "
                + "The rest is still in the error queue: try again.");
        }

        return done;
    }

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
