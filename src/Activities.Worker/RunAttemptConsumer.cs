using Connections.Domain;
using Connections.Domain.Activity;
using Connections.Operations;
using Connections.Operations.Messages;
using EventSourcing;
using MassTransit;

namespace Activities.Worker;

/// <summary>Runs an attempt that a reactor or the waker sent.</summary>
public sealed class RunAttemptConsumer(AttemptRunner attempts, StopLimit stop) : IConsumer<RunAttempt>
{
    public async Task Consume(ConsumeContext<RunAttempt> context)
    {
        var m = context.Message;
        var at = new Loaded<ActivityState>(
            new ActivityId(m.Workspace, m.ActivityId).Stream, m.Revision, ActivityState.AsSent(m.Request, m.Attempts));
        var requestContext = new RequestContext(m.Workspace, "activities-worker", m.Correlation, m.Causation);
        try
        {
            await attempts.Run(new Attempt(requestContext, m.ActivityId, m.Request, at, New: false), stop.Token);
        }
        catch (StreamConflictException)
        {
            // Another worker began or ended the attempt.
        }
    }
}
