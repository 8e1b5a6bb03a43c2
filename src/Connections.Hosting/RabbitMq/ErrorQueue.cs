using System.Globalization;
using System.Runtime.Serialization;
using System.Text.Json;
using Connections.Hosting.Telemetry;
using EventSourcing.Sql.Loops;
using MassTransit;
using MassTransit.RabbitMqTransport;
using Microsoft.Extensions.Logging;
using RabbitMQ.Client;

namespace Connections.Hosting.RabbitMq;

/// <summary>Puts what cannot be handled, however often it is tried, into the error queue beside its queue, with the reason; the rest flows on.</summary>
internal sealed class ErrorQueue(string queue, TimeProvider clock, ILogger log) : IFilter<ExceptionReceiveContext>
{
    public const string Reason = "reason";
    public const string FailedAt = "failed-at";

    public static string NameFor(string queue) => $"{queue}_error";

    public async Task Send(ExceptionReceiveContext context, IPipe<ExceptionReceiveContext> next)
    {
        var channel = context.GetPayload<ChannelContext>();
        var properties = context.TryGetPayload<RabbitMqBasicConsumeContext>(out var delivery)
            ? new BasicProperties(delivery.Properties)
            : new BasicProperties();
        properties.Persistent = true;
        properties.ClearExpiration();
        properties.ClearUserId(); // the broker takes no user's name but that of who sends
        properties.Headers = new Dictionary<string, object?>(properties.Headers ?? new Dictionary<string, object?>())
        {
            [Reason] = Why(context.Exception),
            [FailedAt] = clock.GetUtcNow().ToString("O", CultureInfo.InvariantCulture)
        };
        await BusExtensions.WithTimeout(
            limit => channel.BasicPublishAsync(NameFor(queue), "", true, properties, context.GetBody(), true, limit), context.CancellationToken);
        HostMeter.Unhandled.Add(1, new KeyValuePair<string, object?>("queue", queue));
        await context.NotifyFaulted(context.Exception); // else it counts as not handled, and comes back
        log.LogWarning("A message of {Queue} cannot be handled and lies in its error queue: {Reason}", queue, context.Exception.GetType().Name);
        await next.Send(context);
    }

    // what cannot be read is told as the reader says it; what else was thrown may quote what nobody is to read
    private static string Why(Exception fault) =>
        fault is SerializationException or JsonException ? fault.Message : EventNotHandledException.Describe(fault);

    public void Probe(ProbeContext context) => context.CreateFilterScope("errorQueue");
}
