using Connections.Domain;
using Connections.Domain.Activity;
using Connections.Hosting;
using Connections.Operations.Messages;
using EventSourcing;
using EventSourcing.Sql.Loops;
using MassTransit;

namespace Connections.Worker.Reactors;

/// <summary>Sends activities that were requested over HTTP to a worker.</summary>
public sealed class SendRequested(IBus bus) : IReactor
{
    public string Name => "send-requested";

    public IReadOnlyList<string> Prefixes { get; } = [ActivityId.Category];

    public Task React(IReadOnlyList<RecordedEvent> events, CancellationToken ct) => ByStream.Each(events, Send, ct);

    private async Task Send(RecordedEvent recorded, CancellationToken ct)
    {
        if (ActivityDecider.Names.Read(recorded) is not ActivityRequested { Via: Via.Http } request) return;
        var id = ActivityId.Parse(recorded.Stream);
        using var hop = Reaction.Begin(Name, recorded);
        var metadata = EventMetadata.Following(recorded, Name);
        await bus.SendCommand(
            new RunAttempt(id.Workspace, id.Value, recorded.Revision, 0, request, metadata.Correlation, metadata.Causation), ct);
    }
}
