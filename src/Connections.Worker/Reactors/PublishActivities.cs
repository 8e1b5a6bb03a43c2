using Connections.Domain;
using Connections.Hosting;
using Connections.Operations;
using EventSourcing;
using EventSourcing.Sql;
using MassTransit;

namespace Connections.Worker;

/// <summary>Tells the bus what came of activities.</summary>
public sealed class PublishActivities(ActivityMessages messages, IBus bus) : IReactor
{
    public string Name => "publish-activities";

    public IReadOnlyList<string> Prefixes { get; } = [ActivityDecider.Category];

    public Task React(IReadOnlyList<RecordedEvent> events, CancellationToken ct) => ByStream.Each(events, Tell, ct);

    private async Task Tell(RecordedEvent recorded, CancellationToken ct)
    {
        if (await messages.Of(recorded, ct) is not { } message) return;
        using var hop = Reaction.Begin(Name, recorded);
        await bus.Tell(message, ct);
    }
}
