using Connections.Contracts;
using MassTransit;

namespace Connections.Hosting;

/// <summary>
/// The ways out to the bus. Each ends: with the bus having the message, or after ten seconds with a <see cref="TimeoutException"/>, since the
/// client of a broker that dies in the midst may wait for its answer for ever. Who sends again sends the same: receivers know it by its id.
/// </summary>
public static class BusExtensions
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    /// <summary>The message's id is the event's.</summary>
    public static Task PublishEvent(this IPublishEndpoint bus, Published message, CancellationToken ct) =>
        WithTimeout(limit => bus.Publish(message, message.GetType(), context => context.MessageId = message.EventId, limit), ct);

    /// <summary>To whom asked for what cannot be.</summary>
    public static Task PublishEvent(this IPublishEndpoint bus, CommandRefused message, CancellationToken ct)
    {
        var told = message with { EventId = Guid.CreateVersion7() };
        return WithTimeout(limit => bus.Publish(told, context => context.MessageId = told.EventId, limit), ct);
    }

    /// <summary>To whom asked for what is so already: the answer as it was given then, and following what asks now.</summary>
    public static Task PublishAgain(this IPublishEndpoint bus, Published? message, string? correlation, CancellationToken ct) =>
        message is null ? Task.CompletedTask : bus.PublishEvent(message with { CorrelationId = correlation }, ct);

    /// <summary>What one of our own hosts is to do.</summary>
    public static Task SendCommand<T>(this IPublishEndpoint bus, T command, CancellationToken ct)
        where T : class => WithTimeout(limit => bus.Publish(command, _ => { }, limit), ct);

    internal static async Task WithTimeout(Func<CancellationToken, Task> send, CancellationToken ct)
    {
        using var late = new CancellationTokenSource(Limit, TimeProvider.System);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, ct);
        try
        {
            await send(either.Token).WaitAsync(either.Token); // not every wait in the client ends with its token
        }
        catch (Exception unanswered) when (late.IsCancellationRequested && !ct.IsCancellationRequested)
        {
            throw new TimeoutException($"The broker has not taken a message within {Limit.TotalSeconds:0} s.", unanswered);
        }
    }
}
