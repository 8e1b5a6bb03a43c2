using Connections.Contracts;
using MassTransit;

namespace Connections.Hosting;

/// <summary>
/// Publishes and sends messages. Each call completes when the bus has the message, or throws a <see cref="TimeoutException"/> after ten
/// seconds: the client may wait forever for the response of a broker that died. A retry sends the same message id, so that receivers can
/// drop duplicates.
/// </summary>
public static class BusExtensions
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    /// <summary>Publishes a message whose id is the id of the event.</summary>
    public static Task PublishEvent(this IPublishEndpoint bus, Published message, CancellationToken ct) =>
        WithTimeout(limit => bus.Publish(message, message.GetType(), context => context.MessageId = message.EventId, limit), ct);

    /// <summary>Publishes the rejection of a command, under a new id.</summary>
    public static Task PublishEvent(this IPublishEndpoint bus, CommandRefused message, CancellationToken ct)
    {
        var rejection = message with { EventId = Guid.CreateVersion7() };
        return WithTimeout(limit => bus.Publish(rejection, context => context.MessageId = rejection.EventId, limit), ct);
    }

    /// <summary>Publishes an earlier message again for a repeated command, with the correlation id of the repeated command.</summary>
    public static Task PublishAgain(this IPublishEndpoint bus, Published? message, string? correlation, CancellationToken ct) =>
        message is null ? Task.CompletedTask : bus.PublishEvent(message with { CorrelationId = correlation }, ct);

    /// <summary>Sends a command to one of the service's own hosts.</summary>
    public static Task SendCommand<T>(this IPublishEndpoint bus, T command, CancellationToken ct)
        where T : class => WithTimeout(limit => bus.Publish(command, _ => { }, limit), ct);

    internal static async Task WithTimeout(Func<CancellationToken, Task> send, CancellationToken ct)
    {
        using var timeout = new CancellationTokenSource(Limit, TimeProvider.System);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, ct);
        try
        {
            await send(either.Token).WaitAsync(either.Token); // some waits in the client ignore their token
        }
        catch (Exception unconfirmed) when (timeout.IsCancellationRequested && !ct.IsCancellationRequested)
        {
            throw new TimeoutException($"The broker did not accept a message within {Limit.TotalSeconds:0} s.", unconfirmed);
        }
    }
}
