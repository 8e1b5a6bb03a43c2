using EventSourcing;
using MassTransit;

namespace Connections.Hosting.RabbitMq;

/// <summary>
/// Carries a trace over the bus in the W3C header <c>traceparent</c>, for peers that do not use MassTransit. MassTransit reads and writes
/// its own header itself.
/// </summary>
public static class TraceHeader
{
    private const string Name = "traceparent";
    private const string LibraryHeader = "MT-Activity-Id";

    /// <summary>
    /// The trace of a message from another system; null when the header is missing or MassTransit has already read its own header.
    /// </summary>
    public static string? Read(ConsumeContext context) => Flow.RunActivity.Watched && !context.Headers.TryGetHeader(LibraryHeader, out _)
        && context.Headers.TryGetHeader(Name, out var value) ? value as string : null;

    internal static void Put(SendContext message)
    {
        if (Flow.Trace is { } trace) message.Headers.Set(Name, trace);
    }
}
