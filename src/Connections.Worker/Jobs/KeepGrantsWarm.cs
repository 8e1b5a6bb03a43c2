using Connections.Hosting;
using Connections.Operations.Messages;
using Connections.ReadModels.Grants;
using EventSourcing;
using MassTransit;
using Quartz;

namespace Connections.Worker.Jobs;

/// <summary>Sends a renewal command for each sign-in that would expire because it is not used.</summary>
[DisallowConcurrentExecution]
public sealed class KeepGrantsWarm(GrantQueries grants, IBus bus, TimeProvider clock) : IJob
{
    private const int MaxPerRun = 20_000; // the rest follows the next day, which is early enough

    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken) => await SendRenewals(cancellationToken);

    public async Task SendRenewals(CancellationToken ct)
    {
        foreach (var grant in await grants.DueForWarmth(clock.GetUtcNow(), MaxPerRun, ct))
        {
            using var hop = Flow.Schedule.Begin("ask-renewal")?.SetTag(HopTags.Connection, grant.Id);
            await bus.SendCommand(new RenewGrant(grant.Workspace, grant.Id, grant.CredentialVersion, grant.TokenVersion), ct);
        }
    }
}
