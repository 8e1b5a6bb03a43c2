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

    public Task React(IReadOnlyList<RecordedEvent> events, CancellationToken ct) => ByStream.Each(events, Tell, ct);

    private async Task Tell(RecordedEvent recorded, CancellationToken ct)
    {
        if (await messages.Of(recorded, ct) is not { } message) return;
        using var hop = Reaction.Begin(Name, recorded);
        await bus.Tell(message, ct);
    }
}
