using System.Reflection;
using MassTransit;

namespace Worker.Tests.Harness;

/// <summary>A bus that records what is published.</summary>
public class RecordedBus : DispatchProxy
{
    private readonly List<object> published = [];

    /// <summary>Returns what was published since the last call, in order.</summary>
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
