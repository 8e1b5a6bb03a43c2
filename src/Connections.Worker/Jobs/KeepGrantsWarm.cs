using Connections.Hosting;
using Connections.Operations.Messages;
using Connections.ReadModels;
using EventSourcing;
using MassTransit;
using Quartz;

namespace Connections.Worker;

/// <summary>Finds sign-ins that end when nobody uses them, and asks for those to be used.</summary>
[DisallowConcurrentExecution]
public sealed class KeepGrantsWarm(GrantQueries grants, IBus bus, TimeProvider clock) : IJob
{
    private const int Most = 20_000; // the rest tomorrow, which is early enough

    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken) => await Ask(cancellationToken);

    public async Task Ask(CancellationToken ct)
    {
        foreach (var grant in await grants.DueForWarmth(clock.GetUtcNow(), Most, ct))
        {
            using var hop = Road.Schedule.Begin("ask-renewal")?.SetTag(HopTags.Connection, grant.Id);
            await bus.Ask(new RenewGrant(grant.Workspace, grant.Id, grant.CredentialVersion, grant.TokenVersion), ct);
        }
    }
}
