using System.Collections.Concurrent;
using System.Reflection;
using Connections.Operations.Messages;
using MassTransit;

namespace Hosts.Tests.Crashes;

/// <summary>The sent messages in order, with their ids.</summary>
internal sealed class SentMessages
{
    private readonly ConcurrentQueue<(object Message, Guid? Id)> sent = [];
    private int taken;

    /// <summary>The distinct messages, by their id or by their content.</summary>
    public IEnumerable<string> Kinds => sent.Select(s => s.Message is RunAttempt run
        ? $"{nameof(RunAttempt)} {run.ActivityId} {run.Revision}"
        : $"{s.Message.GetType().Name} {s.Id}").Distinct().Order();

    public void Send(object message, Guid? id) => sent.Enqueue((message, id));

    /// <summary>Returns the messages since the last call.</summary>
    public IReadOnlyList<object> Take()
    {
        var fresh = sent.Skip(taken).Select(s => s.Message).ToArray();
        taken += fresh.Length;
        return fresh;
    }
}

/// <summary>A bus whose sending process may crash.</summary>
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

/// <summary>A message with the properties that its sender sets.</summary>
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
