using Connections.Domain;
using Connections.Hosting;
using Connections.Operations.Connections;
using EventSourcing;
using EventSourcing.Sql.Loops;
using MassTransit;

namespace Connections.Worker.Reactors;

/// <summary>Publishes the events of connections on the bus.</summary>
public sealed class PublishConnections(ConnectionMessages messages, IBus bus) : IReactor
{
    public string Name => "publish-connections";

    public IReadOnlyList<string> Prefixes { get; } = [ConnectionId.Category];

    public Task React(IReadOnlyList<RecordedEvent> events, CancellationToken ct) => ByStream.Each(events, Publish, ct);

    private async Task Publish(RecordedEvent recorded, CancellationToken ct)
    {
        if (await messages.From(recorded, ct) is not { } message) return;
        using var hop = Reaction.Begin(Name, recorded);
        await bus.PublishEvent(message, ct);
    }
}
