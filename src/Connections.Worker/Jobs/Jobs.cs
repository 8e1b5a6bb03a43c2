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

    public async Task Execute(IJobExecutionContext context)
    {
        foreach (var (workspace, id) in await connections.DueForCheck(clock.GetUtcNow(), AtOnce, context.CancellationToken))
            await bus.Publish(new CheckConnection(workspace, id, Scheduled: true), context.CancellationToken);
    }
}

/// <summary>Finds attempts whose worker was lost.</summary>
[DisallowConcurrentExecution]
public sealed class FindLostAttempts(LostAttempts lost) : IJob
{
    public Task Execute(IJobExecutionContext context) => lost.Judge(context.CancellationToken);
}
