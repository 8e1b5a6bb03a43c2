using Connections.Operations.Grants;
using Connections.Operations.Messages;
using MassTransit;

namespace Connections.Worker.Consumers;

/// <summary>Renews a sign-in so that it does not expire from lack of use.</summary>
public sealed class RenewGrantConsumer(RenewGrants renew, ILogger<RenewGrantConsumer> log) : IConsumer<RenewGrant>
{
    public async Task Consume(ConsumeContext<RenewGrant> context)
    {
        var (workspace, id, _, _) = context.Message;
        if (await renew.Renew(context.Message, context.CancellationToken) is { } failure)
            log.LogWarning("The sign-in of connection {Connection} of {Workspace} was not renewed: {Kind}", id, workspace, failure);
    }
}
