using Connections.Contracts;
using Connections.Domain;
using Connections.Hosting;
using Connections.Operations;
using EventSourcing;
using MassTransit;
using CancelActivity = Connections.Contracts.CancelActivity;

namespace Activities.Worker;

/// <summary>Cancels what has not begun. What runs is answered by its own end, and what has ended by telling its end again.</summary>
public sealed class CancelActivityConsumer(RequestActivities activities, ActivityMessages messages, IEventLog log, TimeProvider clock)
    : IConsumer<CancelActivity>
{
    public async Task Consume(ConsumeContext<CancelActivity> context)
    {
        var m = context.Message;
        var ct = context.CancellationToken;
        var who = Who.Sent(m.Workspace, m.Actor, m.CorrelationId, context.MessageId);
        try
        {
            if (!await activities.Cancel(who, m.ActivityId, ct)) await TellItsEnd(context, who, ct);
        }
        catch (RejectedException refused) when (refused.Code == "activity.wrong-state")
        {
            await TellItsEnd(context, who, ct);
        }
        catch (RejectedException refused)
        {
            await context.Tell(
                new CommandRefused(
                    who.Workspace, m.ActivityId, "cancel-activity", refused.Code, refused.Message, null, clock.GetUtcNow(), who.Correlation),
                ct);
        }
    }

    private async Task TellItsEnd(ConsumeContext<CancelActivity> context, Who who, CancellationToken ct)
    {
        var events = (await log.Read(ActivityDecider.Stream(who.Workspace, context.Message.ActivityId), ct)).Events;
        if (await messages.Of(events[^1], ct) is ActivityFinished finished) await context.TellAgain(finished, who.Correlation, ct);
    }
}
