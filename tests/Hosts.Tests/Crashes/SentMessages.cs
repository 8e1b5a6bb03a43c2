using System.Collections.Concurrent;
using System.Reflection;
using Connections.Operations;
using MassTransit;

namespace Hosts.Tests.Crashes;

/// <summary>What was sent, in order, with its message id.</summary>
internal sealed class SentMessages
{
    private readonly ConcurrentQueue<(object Message, Guid? Id)> sent = [];
    private int taken;

    /// <summary>Which messages they are, once each: by the id they bear, or by what they ask for.</summary>
    public IEnumerable<string> Kinds => sent.Select(s => s.Message is RunAttempt run
        ? $"{nameof(RunAttempt)} {run.ActivityId} {run.Revision}"
        : $"{s.Message.GetType().Name} {s.Id}").Distinct().Order();

    public void Send(object message, Guid? id) => sent.Enqueue((message, id));

    /// <summary>What was not taken before.</summary>
    public IReadOnlyList<object> Take()
    {
        var fresh = sent.Skip(taken).Select(s => s.Message).ToArray();
        taken += fresh.Length;
        return fresh;
    }
}

/// <summary>A bus whose sender may end.</summary>
public class CrashingBus : DispatchProxy
{
    private CrashCounter life = null!;
    private SentMessages post = null!;

    internal static IBus Create(SentMessages post, CrashCounter life)
    {
        var bus = Create<IBus, CrashingBus>();
        ((CrashingBus)(object)bus).post = post;
        ((CrashingBus)(object)bus).life = life;
        return bus;
    }

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
    {
        if (targetMethod?.Name != nameof(IBus.Publish)) throw new NotSupportedException(targetMethod?.Name);
        var (message, label) = (args![0]!, args.OfType<IPipe<PublishContext>>().SingleOrDefault());
        return life.Around($"sending {message.GetType().Name}", async () => post.Send(message, await Labelled.Id(label)));
    }
}

/// <summary>A message on its way, as far as its sender labels it.</summary>
public class Labelled : DispatchProxy
{
    private Guid? id;

    internal static async Task<Guid?> Id(IPipe<PublishContext>? label)
    {
        if (label is null) return null;
        var context = Create<PublishContext, Labelled>();
        await label.Send(context);
        return ((Labelled)(object)context).id;
    }

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) =>
        targetMethod?.Name == "set_MessageId" ? id = (Guid?)args![0] : throw new NotSupportedException(targetMethod?.Name);
}

/// <summary>A delivery, as far as consumers look.</summary>
public class Delivery : DispatchProxy
{
    private object? message;

    internal static ConsumeContext<TMessage> Create<TMessage>(TMessage message)
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
        "Publish" => Task.CompletedTask, // an answer, told at once and not by the log
        "get_CorrelationId" or "get_MessageId" => null,
        _ => throw new NotSupportedException(targetMethod?.Name)
    };
}
