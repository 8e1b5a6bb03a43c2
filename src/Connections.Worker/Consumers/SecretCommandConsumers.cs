using System.Text.Json;
using Connections.Contracts;
using Connections.Credentials.OneTime;
using Connections.Hosting;
using Connections.Operations;
using Connections.Operations.Connections;
using EventSourcing;
using MassTransit;

namespace Connections.Worker.Consumers;

/// <summary>Creates a connection with credentials that were stored for this command.</summary>
public sealed class CreateConnectionConsumer(
    CreateConnections connections, SecretCommandResponder responder, ConnectionMessages messages)
    : IConsumer<CreateConnection>
{
    public Task Consume(ConsumeContext<CreateConnection> context)
    {
        var (m, ct) = (context.Message, context.CancellationToken);
        var requestContext = CommandResponder.CreateContext(context, m.Workspace, m.Actor, m.CorrelationId);
        var wanted = new NewConnection(m.ConnectionId, m.Connector, m.Name, m.Settings, null, SkipTest: false, m.RotateBy);
        return responder.Respond(
            context, requestContext, m.CommandId, "create-connection", m.ConnectionId, m.SecretReference, RespondIfDone, credentials =>
                connections.Create(requestContext, wanted with { Credentials = credentials }, ct));

        async Task<bool> RespondIfDone()
        {
            if (!await connections.IsMade(requestContext, wanted, ct)) return false;
            var created = await messages.Latest<Domain.Connection.ConnectionCreated>(requestContext, m.ConnectionId, ct);
            await context.PublishAgain(created, requestContext.Correlation, ct);
            return true;
        }
    }
}

/// <summary>Reconnects a connection with credentials that were stored for this command.</summary>
public sealed class ReconnectConnectionConsumer(
    ChangeConnections connections, SecretCommandResponder responder, ConnectionMessages messages)
    : IConsumer<ReconnectConnection>
{
    public Task Consume(ConsumeContext<ReconnectConnection> context)
    {
        var (m, ct) = (context.Message, context.CancellationToken);
        var requestContext = CommandResponder.CreateContext(context, m.Workspace, m.Actor, m.CorrelationId);
        var entry = $"command-{m.CommandId:n}";
        return responder.Respond(
            context, requestContext, m.CommandId, "reconnect-connection", m.ConnectionId, m.SecretReference, RespondIfDone, credentials =>
                connections.Reconnect(requestContext, m.ConnectionId, new NewCredentials(null, credentials, m.RotateBy, entry), ct));

        async Task<bool> RespondIfDone()
        {
            if (await messages.LatestReconnected(requestContext, m.ConnectionId, entry, ct) is not { } reconnected) return false;
            await context.PublishAgain(reconnected, requestContext.Correlation, ct);
            return true;
        }
    }
}

/// <summary>
/// Runs a command with the secret that was stored for it. The secret is destroyed once the command has a response, including a rejection.
/// After any other fault the secret stays reserved for the command, which is retried.
/// </summary>
public sealed class SecretCommandResponder(CommandResponder responder, IOneTimeSecrets secrets)
{
    /// <param name="respondIfDone">Publishes the earlier response when the command was already carried out; otherwise returns
    /// false.</param>
    public async Task Respond(
        ConsumeContext context,
        RequestContext requestContext,
        Guid command,
        string name,
        Guid connection,
        string? reference,
        Func<Task<bool>> respondIfDone,
        Func<JsonElement, Task> work)
    {
        await responder.Respond(context, requestContext, command, name, connection, async () =>
        {
            if (await respondIfDone() || await Take() is not { } secret) return;
            using var document = JsonDocument.Parse(secret.Reveal());
            await work(document.RootElement);
        });
        await secrets.Ended(requestContext.Workspace, command, CancellationToken.None);

        async Task<Domain.Secret?> Take()
        {
            try
            {
                return await secrets.Take(requestContext.Workspace, reference ?? "", command, CancellationToken.None);
            }
            catch (RejectedException)
            {
                // A duplicate of the command may have finished meanwhile, and destroyed its secret.
                if (await respondIfDone()) return null;
                throw;
            }
        }
    }
}
