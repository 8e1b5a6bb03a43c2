using Connections.Contracts;
using MassTransit;

namespace Connections.Hosting;

public static class Telling
{
    /// <summary>The message's id is the event's.</summary>
    public static Task Tell(this IPublishEndpoint bus, Published message, CancellationToken ct) =>
        bus.Publish(message, message.GetType(), context => context.MessageId = message.EventId, ct);

    /// <summary>To whom asked for what is so already: the answer as it was given then, and following what asks now.</summary>
    public static Task TellAgain(this IPublishEndpoint bus, Published? message, string? correlation, CancellationToken ct) =>
        message is null ? Task.CompletedTask : bus.Tell(message with { CorrelationId = correlation }, ct);
}
