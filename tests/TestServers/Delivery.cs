using System.Reflection;
using MassTransit;

namespace TestServers;

/// <summary>A delivered message with the members that the consumers use.</summary>
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
        "Publish" => Task.CompletedTask, // a response that is published directly, not through the log
        "get_CorrelationId" or "get_MessageId" => null,
        _ => throw new NotSupportedException(targetMethod?.Name)
    };
}
