using System.Text.Json;
using Connections.Contracts;
using Connections.Credentials;
using Connections.Hosting;
using Connections.Operations;
using EventSourcing;
using MassTransit;

namespace Connections.Worker;

/// <summary>Makes a connection with credentials that were left for this command.</summary>
public sealed class CreateConnectionConsumer(
    CreateConnections connections, Domain.ConnectionStreams streams, IOneTimeSecrets secrets, ConnectionMessages messages, BusDoor door)
    : IConsumer<CreateConnection>
{
    public Task Consume(ConsumeContext<CreateConnection> context)
    {
        var m = context.Message;
        var who = BusDoor.Who(context, m.Workspace, m.Actor, m.CorrelationId);
        return door.Answer(context, who, m.CommandId, "create-connection", m.ConnectionId, async () =>
        {
            var now = await streams.Load(Domain.ConnectionDecider.Stream(m.Workspace, m.ConnectionId), context.CancellationToken);
            if (now.State.Creation is { } made && made.Connector == m.Connector && made.Name == m.Name)
            {
                await secrets.CameTwice(m.Workspace, m.CommandId);
                await context.TellAgain(
                    await messages.Again<Domain.ConnectionCreated>(who, m.ConnectionId, context.CancellationToken), who.Correlation, context.CancellationToken);
                return;
            }

            await secrets.UseFor(m.Workspace, m.SecretReference ?? "", m.CommandId, credentials => connections.Create(
                who,
                new NewConnection(m.ConnectionId, m.Connector, m.Name, m.Settings, credentials, SkipTest: false, m.RotateBy),
                context.CancellationToken));
        });
    }
}

/// <summary>Mends a connection with credentials that were left for this command.</summary>
public sealed class ReconnectConnectionConsumer(
    ChangeConnections connections, Domain.ConnectionStreams streams, IOneTimeSecrets secrets, ConnectionMessages messages, BusDoor door)
    : IConsumer<ReconnectConnection>
{
    public Task Consume(ConsumeContext<ReconnectConnection> context)
    {
        var m = context.Message;
        var who = BusDoor.Who(context, m.Workspace, m.Actor, m.CorrelationId);
        return door.Answer(context, who, m.CommandId, "reconnect-connection", m.ConnectionId, async () =>
        {
            var entry = $"command-{m.CommandId:n}";
            var now = await streams.Load(Domain.ConnectionDecider.Stream(m.Workspace, m.ConnectionId), context.CancellationToken);
            if (now.State.Live?.VaultEntry == entry)
            {
                await secrets.CameTwice(m.Workspace, m.CommandId);
                await context.TellAgain(
                    await messages.Again<Domain.ConnectionReconnected>(who, m.ConnectionId, context.CancellationToken), who.Correlation, context.CancellationToken);
                return;
            }

            await secrets.UseFor(m.Workspace, m.SecretReference ?? "", m.CommandId, credentials => connections.Reconnect(
                who, m.ConnectionId, new NewCredentials(null, credentials, m.RotateBy, entry), context.CancellationToken));
        });
    }
}

internal static class SecretUse
{
    /// <summary>What the command took is destroyed at its end, a refusal included; while the world is broken it stays the command's own.</summary>
    public static async Task UseFor(
        this IOneTimeSecrets secrets, string workspace, string reference, Guid command, Func<JsonElement, Task> use)
    {
        var secret = await secrets.Take(workspace, reference, command, CancellationToken.None);
        try
        {
            using var document = JsonDocument.Parse(secret.Reveal());
            await use(document.RootElement);
        }
        catch (RejectedException)
        {
            await secrets.Ended(workspace, command, CancellationToken.None);
            throw;
        }

        await secrets.Ended(workspace, command, CancellationToken.None);
    }

    /// <summary>The first time may have been cut off before the secret was destroyed.</summary>
    public static Task CameTwice(this IOneTimeSecrets secrets, string workspace, Guid command) =>
        secrets.Ended(workspace, command, CancellationToken.None);
}
