using Connections.Domain;
using Connections.Hosting;
using Connections.Operations;
using EventSourcing;
using EventSourcing.Sql;
using MassTransit;

namespace Connections.Worker;

/// <summary>Tells the bus what happened to connections.</summary>
public sealed class PublishConnections(ConnectionMessages messages, IBus bus) : IReactor
{
    public string Name => "publish-connections";

    public IReadOnlyList<string> Prefixes { get; } = [ConnectionDecider.Category];

    public async Task React(IReadOnlyList<RecordedEvent> events, CancellationToken ct)
    {
        foreach (var recorded in events)
            if (await messages.Of(recorded, ct) is { } message) await bus.Tell(message, ct);
    }
}
