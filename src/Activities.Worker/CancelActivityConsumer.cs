using Connections.Contracts;
using Connections.Hosting;
using Connections.Operations;
using Connections.Operations.Activities;
using EventSourcing;
using MassTransit;
using CancelActivity = Connections.Contracts.CancelActivity;

namespace Activities.Worker;

/// <summary>
/// Cancels an activity that has not started. The response for a running activity is its own end. For an ended one, its end is published
/// again.
/// </summary>
public sealed class CancelActivityConsumer(ActivityService activities, ActivityMessages messages, IEventLog log, TimeProvider clock)
    : IConsumer<CancelActivity>
{
    public async Task Consume(ConsumeContext<CancelActivity> context)
    {
        var m = context.Message;
        var ct = context.CancellationToken;
        var requestContext = RequestContext.FromMessage(m.Workspace, m.Actor, m.CorrelationId, context.MessageId);
        try
        {
            if (!await activities.Cancel(requestContext, m.ActivityId, ct)) await PublishEnd(context, requestContext, ct);
        }
        catch (RejectedException rejected) when (rejected.Code == "activity.wrong-state")
        {
            await PublishEnd(context, requestContext, ct);
        }
        catch (RejectedException rejected)
        {
            await context.PublishEvent(
                new CommandRefused(
                    requestContext.Workspace,
                    m.ActivityId,
                    "cancel-activity",
                    rejected.Code,
                    rejected.Message,
                    null,
                    clock.GetUtcNow(),
                    requestContext.Correlation),
                ct);
        }
    }

    private async Task PublishEnd(ConsumeContext<CancelActivity> context, RequestContext requestContext, CancellationToken ct)
    {
        var events = (await log.Read(requestContext.Activity(context.Message.ActivityId).Stream, ct)).Events;
        if (await messages.From(events[^1], ct) is ActivityFinished finished) await context.PublishAgain(finished, requestContext.Correlation, ct);
    }
}
