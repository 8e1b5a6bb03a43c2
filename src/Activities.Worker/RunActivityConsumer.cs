using System.Text.Json;
using Connections.Contracts;
using Connections.Domain;
using Connections.Domain.Activity;
using Connections.Hosting;
using Connections.Hosting.RabbitMq;
using Connections.Operations;
using Connections.Operations.Activities;
using Connections.Operations.Connections;
using EventSourcing;
using MassTransit;

namespace Activities.Worker;

/// <summary>
/// Accepts activities from the bus and runs their first attempt immediately. One append records the request and the start.
/// </summary>
public sealed class RunActivityConsumer(
    AttemptRunner attempts,
    ActivityRequestFactory requests,
    ConnectionDirectory directory,
    ActivityStreams activities,
    StopLimit stop,
    TimeProvider clock)
    : IConsumer<RunActivityMessage>
{
    private static readonly JsonElement NoInput = JsonDocument.Parse("{}").RootElement;

    public async Task Consume(ConsumeContext<RunActivityMessage> context)
    {
        var m = context.Message;
        var ct = context.CancellationToken;
        var requestContext = m.CreateContext(context.MessageId);
        var submission = m.ToSubmission(out var typeErrors);
        var connection = m.ConnectionId is { } named ? await directory.Find(new ConnectionId(m.Workspace, named), ct) : null;
        var connector = m.ConnectionId is null ? submission.Connector : connection?.Connector;
        var request = await requests.Record(requestContext, submission, connector, Via.Bus, ct);
        var id = new ActivityId(m.Workspace, m.ActivityId);
        var attempt = new Attempt(
            requestContext, m.ActivityId, request, new Loaded<ActivityState>(id.Stream, Revision.NoStream, ActivityState.Initial), New: true)
        {
            Problem = ActivityRequestFactory.Problem(submission, typeErrors)
                ?? (connector is null ? null : requests.Problem(submission, connector)),
            Fresh = (submission.Input ?? NoInput, connection),
            Trace = TraceHeader.Read(context)
        };
        try
        {
            await attempts.Run(attempt, stop.Token);
        }
        catch (StreamConflictException)
        {
            var existing = await activities.Load(id, ct);
            if (existing.State.Request is { } first && first.BodyHash != request.BodyHash) await Reject(context, requestContext, existing);
        }
    }

    private Task Reject(
        ConsumeContext<RunActivityMessage> context, RequestContext requestContext, Loaded<ActivityState> existing) => context.PublishEvent(
        new CommandRefused(
            requestContext.Workspace,
            context.Message.ActivityId,
            "run-activity",
            "activity.id-reused",
            "An activity with this id was requested with another body. Use a new id.",
            context.Message.ConnectionId,
            clock.GetUtcNow(),
            requestContext.Correlation)
        {
            Connector = existing.State.Facts.Connector,
            Version = existing.Revision
        },
        context.CancellationToken);
}
