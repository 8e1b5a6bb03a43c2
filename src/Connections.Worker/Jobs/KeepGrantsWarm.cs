using Connections.Hosting;
using Connections.Operations;
using Connections.ReadModels.Grants;
using EventSourcing;
using MassTransit;
using Quartz;

namespace Connections.Worker.Jobs;

/// <summary>Finds sign-ins that end when nobody uses them, and asks for those to be used.</summary>
[DisallowConcurrentExecution]
public sealed class KeepGrantsWarm(GrantQueries grants, IBus bus, TimeProvider clock) : IJob
{
    private const int Most = 20_000; // the rest tomorrow, which is early enough

    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken) => await SendRenewals(cancellationToken);

    public async Task SendRenewals(CancellationToken ct)
    {
        foreach (var grant in await grants.DueForWarmth(clock.GetUtcNow(), Most, ct))
        {
            using var hop = Flow.Schedule.Begin("ask-renewal")?.SetTag(HopTags.Connection, grant.Id);
            await bus.SendCommand(new RenewGrant(grant.Workspace, grant.Id, grant.CredentialVersion, grant.TokenVersion), ct);
        }
    }
}
