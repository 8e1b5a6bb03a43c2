using System.Collections.Concurrent;
using System.Text.Json;
using MassTransit;

namespace EndToEnd.Tests.Canaries;

/// <summary>Records every message that was sent, published or received, with its headers.</summary>
internal sealed class BusObserver : ISendObserver, IPublishObserver, IReceiveObserver
{
    public ConcurrentQueue<Place> Messages { get; } = new();

    public Task PreSend<T>(SendContext<T> context)
        where T : class => Note(context);

    public Task PostSend<T>(SendContext<T> context)
        where T : class => Task.CompletedTask;

    public Task SendFault<T>(SendContext<T> context, Exception exception)
        where T : class => Task.CompletedTask;

    public Task PrePublish<T>(PublishContext<T> context)
        where T : class => Note(context);

    public Task PostPublish<T>(PublishContext<T> context)
        where T : class => Task.CompletedTask;

    public Task PublishFault<T>(PublishContext<T> context, Exception exception)
        where T : class => Task.CompletedTask;

    public Task PreReceive(ReceiveContext context)
    {
        var text = System.Text.Encoding.UTF8.GetString(context.GetBody());
        Messages.Enqueue(Place.Create(Place.Message, $"at {context.InputAddress.AbsolutePath}", $"{text} {Values(context.TransportHeaders)}"));
        return Task.CompletedTask;
    }

    public Task PostReceive(ReceiveContext context) => Task.CompletedTask;

    public Task PostConsume<T>(ConsumeContext<T> context, TimeSpan duration, string consumerType)
        where T : class => Task.CompletedTask;

    public Task ConsumeFault<T>(ConsumeContext<T> context, TimeSpan duration, string consumerType, Exception exception)
        where T : class
    {
        Messages.Enqueue(Place.Create(Place.Message, $"fault of {typeof(T).Name}", exception.ToString()));
        return Task.CompletedTask;
    }

    public Task ReceiveFault(ReceiveContext context, Exception exception) => Task.CompletedTask;

    private Task Note<T>(SendContext<T> context)
        where T : class
    {
        Messages.Enqueue(Place.Create(Place.Message, typeof(T).Name, $"{JsonSerializer.Serialize(context.Message)} {Values(context.Headers)}"));
        return Task.CompletedTask;
    }

    private static string Values(Headers headers) => string.Join(' ', headers.GetAll().Select(h => $"{h.Key}={h.Value}"));
}
