using System.Text.Json;
using Connections.Contracts;
using Connections.Credentials.OneTime;
using Connections.Hosting;
using Connections.Operations;
using Connections.Operations.Connections;
using EventSourcing;
using MassTransit;

namespace Connections.Worker.Consumers;

/// <summary>Makes a connection with credentials that were left for this command.</summary>
public sealed class CreateConnectionConsumer(
    CreateConnections connections, SecretCommandResponder responder, ConnectionMessages messages)
    : IConsumer<CreateConnection>
{
    public Task Consume(ConsumeContext<CreateConnection> context)
    {
        var (m, ct) = (context.Message, context.CancellationToken);
        var requestContext = CommandResponder.CreateContext(context, m.Workspace, m.Actor, m.CorrelationId);
        var wanted = new NewConnection(m.ConnectionId, m.Connector, m.Name, m.Settings, null, SkipTest: false, m.RotateBy);
        return responder.Respond(context, requestContext, m.CommandId, "create-connection", m.ConnectionId, m.SecretReference, Again, credentials =>
            connections.Create(requestContext, wanted with { Credentials = credentials }, ct));

        async Task<bool> Again()
        {
            if (!await connections.IsMade(requestContext, wanted, ct)) return false;
            await context.PublishAgain(await messages.Latest<Domain.Connection.ConnectionCreated>(requestContext, m.ConnectionId, ct), requestContext.Correlation, ct);
            return true;
        }
    }
}

/// <summary>Mends a connection with credentials that were left for this command.</summary>
public sealed class ReconnectConnectionConsumer(
    ChangeConnections connections, SecretCommandResponder responder, ConnectionMessages messages)
    : IConsumer<ReconnectConnection>
{
    public Task Consume(ConsumeContext<ReconnectConnection> context)
    {
        var (m, ct) = (context.Message, context.CancellationToken);
        var requestContext = CommandResponder.CreateContext(context, m.Workspace, m.Actor, m.CorrelationId);
        var entry = $"command-{m.CommandId:n}";
        return responder.Respond(context, requestContext, m.CommandId, "reconnect-connection", m.ConnectionId, m.SecretReference, Again, credentials =>
            connections.Reconnect(requestContext, m.ConnectionId, new NewCredentials(null, credentials, m.RotateBy, entry), ct));

        async Task<bool> Again()
        {
            if (await messages.LatestReconnected(requestContext, m.ConnectionId, entry, ct) is not { } mended) return false;
            await context.PublishAgain(mended, requestContext.Correlation, ct);
            return true;
        }
    }
}

/// <summary>
/// A command with credentials that were left for it. What it took is destroyed once it was answered, also by a refusal; while the world is broken
/// it stays the command's own.
/// </summary>
public sealed class SecretCommandResponder(CommandResponder responder, IOneTimeSecrets secrets)
{
    /// <param name="again">Answers as before where the command was carried out already; else false.</param>
    public async Task Respond(
        ConsumeContext context, RequestContext requestContext, Guid command, string name, Guid connection, string? reference, Func<Task<bool>> again, Func<JsonElement, Task> work)
    {
        await responder.Respond(context, requestContext, command, name, connection, async () =>
        {
            if (await again() || await Taken() is not { } secret) return;
            using var document = JsonDocument.Parse(secret.Reveal());
            await work(document.RootElement);
        });
        await secrets.Ended(requestContext.Workspace, command, CancellationToken.None);

        async Task<Domain.Secret?> Taken()
        {
            try
            {
                return await secrets.Take(requestContext.Workspace, reference ?? "", command, CancellationToken.None);
            }
            catch (RejectedException)
            {
                // the same command, come twice at once, may have ended since we looked, and destroyed what it took
                if (await again()) return null;
                throw;
            }
        }
    }
}
