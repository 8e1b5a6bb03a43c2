using EventSourcing;
using MassTransit;

namespace Connections.Hosting.RabbitMq;

/// <summary>
/// How a trace gets over the bus with who does not use our library: the header <c>traceparent</c>, as W3C writes it. The library has one of
/// its own, which it reads and writes by itself.
/// </summary>
public static class TraceHeader
{
    private const string Name = "traceparent";
    private const string LibraryHeader = "MT-Activity-Id";

    /// <summary>What a message that did not come from our own hosts follows; null where it says nothing, or the library has taken it up.</summary>
    public static string? Read(ConsumeContext context) => Flow.RunActivity.Watched && !context.Headers.TryGetHeader(LibraryHeader, out _)
        && context.Headers.TryGetHeader(Name, out var value) ? value as string : null;

    internal static void Put(SendContext message)
    {
        if (Flow.Trace is { } trace) message.Headers.Set(Name, trace);
    }
}
