using Connections.Operations.Messages;
using Connections.ReadModels;
using MassTransit;
using Quartz;

namespace Connections.Worker;

/// <summary>Finds the connections whose check is due, and asks for it.</summary>
[DisallowConcurrentExecution]
public sealed class CheckDueConnections(ConnectionQueries connections, IBus bus, TimeProvider clock) : IJob
{
    private const int AtOnce = 500;

    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken)
    {
        foreach (var (workspace, id) in await connections.DueForCheck(clock.GetUtcNow(), AtOnce, cancellationToken))
            await bus.Publish(new CheckConnection(workspace, id, Scheduled: true), cancellationToken);
    }
}

/// <summary>Finds attempts whose worker was lost.</summary>
[DisallowConcurrentExecution]
public sealed class FindLostAttempts(LostAttempts lost) : IJob
{
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken) => await lost.Judge(cancellationToken);
}
