using System.Collections.Concurrent;
using Connections.Contracts;
using MassTransit;

namespace Hosts.Tests.Harness;

/// <summary>A message as a subscriber receives it.</summary>
public sealed record ReceivedMessage(object Message, Guid? MessageId);

/// <summary>The message as sent by the broker.</summary>
public sealed record WireMessage(string Exchange, string Body, string? ContentType, string? MessageId, bool Persistent, IReadOnlyCollection<string> Headers);

/// <summary>All published messages, in order of arrival.</summary>
public sealed class PublishedMessages
{
    public ConcurrentQueue<ReceivedMessage> All { get; } = new();

    /// <summary>On RabbitMQ only.</summary>
    public ConcurrentQueue<WireMessage> OnTheWire { get; } = new();

    public IReadOnlyList<T> OfType<T>() => [.. All.Select(t => t.Message).OfType<T>()];
}

/// <summary>Subscribes to everything that the service publishes.</summary>
public sealed class Listener(PublishedMessages heard) :
    IConsumer<ActivityFinished>,
    IConsumer<ActivityWaiting>,
    IConsumer<ConnectionCreated>,
    IConsumer<ConnectionRenamed>,
    IConsumer<ConnectionReconnected>,
    IConsumer<ConnectionDeleted>,
    IConsumer<ConnectionTested>,
    IConsumer<ConnectionExpiring>,
    IConsumer<ConnectionReauthRequired>,
    IConsumer<CommandRefused>
{
    public Task Consume(ConsumeContext<ActivityFinished> context) => Hear(context);

    public Task Consume(ConsumeContext<ActivityWaiting> context) => Hear(context);

    public Task Consume(ConsumeContext<ConnectionCreated> context) => Hear(context);

    public Task Consume(ConsumeContext<ConnectionRenamed> context) => Hear(context);

    public Task Consume(ConsumeContext<ConnectionReconnected> context) => Hear(context);

    public Task Consume(ConsumeContext<ConnectionDeleted> context) => Hear(context);

    public Task Consume(ConsumeContext<ConnectionTested> context) => Hear(context);

    public Task Consume(ConsumeContext<ConnectionExpiring> context) => Hear(context);

    public Task Consume(ConsumeContext<ConnectionReauthRequired> context) => Hear(context);

    public Task Consume(ConsumeContext<CommandRefused> context) => Hear(context);

    private Task Hear<T>(ConsumeContext<T> context)
        where T : class
    {
        heard.All.Enqueue(new ReceivedMessage(context.Message, context.MessageId));
        return Task.CompletedTask;
    }
}
