using System.Text.Json;
using Connections.Contracts;
using Connections.Domain;
using Connections.Hosting;
using Connections.Operations;
using EventSourcing;
using MassTransit;

namespace Activities.Worker;

/// <summary>Takes activities in from the bus, and runs their first attempt at once: request and beginning are one append.</summary>
public sealed class RunActivityConsumer(
    AttemptRunner attempts,
    ActivityRequests requests,
    ConnectionDirectory directory,
    ActivityStreams activities,
    StopLimit stop,
    TimeProvider clock)
    : IConsumer<SentActivity>
{
    private static readonly JsonElement NoInput = JsonDocument.Parse("{}").RootElement;

    public async Task Consume(ConsumeContext<SentActivity> context)
    {
        var m = context.Message;
        var ct = context.CancellationToken;
        var who = m.Sender(context.MessageId);
        var wanted = m.Wanted(out var unread);
        var connection = m.ConnectionId is { } id ? await directory.Find(m.Workspace, id, ct) : null;
        var connector = m.ConnectionId is null ? wanted.Connector : connection?.Connector;
        var request = await requests.Record(who, wanted, connector, Via.Bus, ct);
        var stream = ActivityDecider.Stream(m.Workspace, m.ActivityId);
        var attempt = new Attempt(
            who, m.ActivityId, request, new Loaded<ActivityState>(stream, Revision.NoStream, ActivityState.Initial), New: true)
        {
            Problem = ActivityRequests.Problem(wanted, unread) ?? (connector is null ? null : requests.Problem(wanted, connector)),
            Fresh = (wanted.Input ?? NoInput, connection),
            Trace = TraceHeader.Of(context)
        };
        try
        {
            await attempts.Run(attempt, stop.Token);
        }
        catch (StreamConflictException)
        {
            var known = await activities.Load(stream, ct);
            if (known.State.Request is { } first && first.BodyHash != request.BodyHash) await Refuse(context, who, known);
        }
    }

    private Task Refuse(ConsumeContext<SentActivity> context, Who who, Loaded<ActivityState> known) => context.Tell(
        new CommandRefused(
            who.Workspace,
            context.Message.ActivityId,
            "run-activity",
            "activity.id-reused",
            "An activity with this id was asked for with another body. Use a new id.",
            context.Message.ConnectionId,
            clock.GetUtcNow(),
            who.Correlation)
        {
            Connector = known.State.Facts.Connector,
            Version = known.Revision
        },
        context.CancellationToken);
}
