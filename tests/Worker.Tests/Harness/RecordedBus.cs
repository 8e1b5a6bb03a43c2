using System.Reflection;
using MassTransit;

namespace Worker.Tests.Harness;

/// <summary>A bus that keeps what is published on it.</summary>
public class RecordedBus : DispatchProxy
{
    private readonly List<object> published = [];

    /// <summary>What was published since the last time, in order.</summary>
    public IReadOnlyList<TMessage> Take<TMessage>()
    {
        var taken = published.OfType<TMessage>().ToArray();
        published.RemoveAll(m => m is TMessage);
        return taken;
    }

    public static (IBus Bus, RecordedBus Recorded) Make()
    {
        var bus = Create<IBus, RecordedBus>();
        return (bus, (RecordedBus)(object)bus);
    }

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
    {
        if (targetMethod?.Name != nameof(IBus.Publish)) throw new NotSupportedException(targetMethod?.Name);
        published.Add(args![0]!);
        return Task.CompletedTask;
    }
}

/// <summary>A delivery of a message, as far as consumers look.</summary>
public class Delivery : DispatchProxy
{
    private object? message;

    public static ConsumeContext<TMessage> Create<TMessage>(TMessage message)
        where TMessage : class
    {
        var context = Create<ConsumeContext<TMessage>, Delivery>();
        ((Delivery)(object)context).message = message;
        return context;
    }

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) => targetMethod?.Name switch
    {
        "get_Message" => message,
        "get_CancellationToken" => CancellationToken.None,
        "get_CorrelationId" or "get_MessageId" => null,
        _ => throw new NotSupportedException(targetMethod?.Name)
    };
}
