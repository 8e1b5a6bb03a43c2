using Connections.Domain;
using Connections.Hosting;
using Connections.Operations.Activities;
using EventSourcing;
using EventSourcing.Sql.Loops;
using MassTransit;

namespace Connections.Worker.Reactors;

/// <summary>Publishes the outcomes of activities on the bus.</summary>
public sealed class PublishActivities(ActivityMessages messages, IBus bus) : IReactor
{
    public string Name => "publish-activities";

    public IReadOnlyList<string> Prefixes { get; } = [ActivityId.Category];

    public Task React(IReadOnlyList<RecordedEvent> events, CancellationToken ct) => ByStream.Each(events, Publish, ct);

    private async Task Publish(RecordedEvent recorded, CancellationToken ct)
    {
        if (await messages.From(recorded, ct) is not { } message) return;
        using var hop = Reaction.Begin(Name, recorded);
        await bus.PublishEvent(message, ct);
    }
}
