using Connections.Contracts;
using Connections.Operations;
using EventSourcing;
using MassTransit;

namespace Activities.Worker;

/// <summary>Cancels what has not begun. What runs or has ended is answered by its own end.</summary>
public sealed class CancelActivityConsumer(RequestActivities activities) : IConsumer<CancelActivity>
{
    public async Task Consume(ConsumeContext<CancelActivity> context)
    {
        var m = context.Message;
        try
        {
            await activities.Cancel(
                new Who(m.Workspace, m.Actor ?? "bus", m.CorrelationId, context.MessageId?.ToString()), m.ActivityId, context.CancellationToken);
        }
        catch (RejectedException)
        {
            // too late, or of no activity
        }
    }
}
