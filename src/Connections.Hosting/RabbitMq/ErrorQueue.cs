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

/// <summary>Moves a message that cannot be handled to the error queue, with the reason, after its last retry.</summary>
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
        properties.ClearUserId(); // the broker accepts only the sender's own user name
        properties.Headers = new Dictionary<string, object?>(properties.Headers ?? new Dictionary<string, object?>())
        {
            [Reason] = Describe(context.Exception),
            [FailedAt] = clock.GetUtcNow().ToString("O", CultureInfo.InvariantCulture)
        };
        await BusExtensions.WithTimeout(
            limit => channel.BasicPublishAsync(NameFor(queue), "", true, properties, context.GetBody(), true, limit), context.CancellationToken);
        HostMeter.Unhandled.Add(1, new KeyValuePair<string, object?>("queue", queue));
        await context.NotifyFaulted(context.Exception); // otherwise the message counts as not handled, and is redelivered
        log.LogWarning("A message of {Queue} cannot be handled and was moved to its error queue: {Reason}", queue, context.Exception.GetType().Name);
        await next.Send(context);
    }

    // Messages of parse errors are safe to store. Other exception messages may quote confidential data.
    private string Describe(Exception fault) => fault switch
    {
        JsonException unreadable => UnreadableField.Describe(unreadable, CommandQueues.Registry.FirstOrDefault(q => q.Name == queue)?.Command),
        SerializationException => fault.Message,
        _ => EventNotHandledException.Describe(fault)
    };

    public void Probe(ProbeContext context) => context.CreateFilterScope("errorQueue");
}
