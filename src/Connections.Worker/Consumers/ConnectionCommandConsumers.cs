using Connections.Contracts;
using Connections.Domain;
using Connections.Hosting;
using Connections.Operations;
using Connections.Operations.Connections;
using EventSourcing;
using MassTransit;

namespace Connections.Worker.Consumers;

/// <summary>Runs a command for a connection that came over the bus, and publishes its rejection.</summary>
public sealed class CommandResponder(Domain.ConnectionStreams connections, TimeProvider clock)
{
    public async Task Respond(ConsumeContext context, RequestContext requestContext, Guid command, string name, Guid connection, Func<Task> work)
    {
        try
        {
            await work();
        }
        catch (RejectedException rejected)
        {
            var loaded = await connections.Load(requestContext.Connection(connection), context.CancellationToken);
            await context.PublishEvent(
                new CommandRefused(
                    requestContext.Workspace,
                    command,
                    name,
                    rejected.Code,
                    rejected.Message,
                    connection,
                    clock.GetUtcNow(),
                    requestContext.Correlation)
                {
                    Connector = loaded.State.Creation?.Connector,
                    Version = loaded.State.Creation is null ? null : loaded.Revision
                },
                context.CancellationToken);
        }
    }

    public static RequestContext CreateContext(ConsumeContext context, string workspace, string? actor, string? correlation) =>
        Operations.RequestContext.FromMessage(workspace, actor, correlation, context.MessageId);
}

public sealed class TestConnectionConsumer(TestConnections tests, CommandResponder responder) : IConsumer<TestConnection>
{
    public Task Consume(ConsumeContext<TestConnection> context)
    {
        var m = context.Message;
        var requestContext = CommandResponder.CreateContext(context, m.Workspace, m.Actor, m.CorrelationId);
        return responder.Respond(
            context,
            requestContext,
            m.CommandId,
            "test-connection",
            m.ConnectionId,
            () => tests.Test(requestContext, m.ConnectionId, context.CancellationToken));
    }
}

public sealed class RenameConnectionConsumer(ChangeConnections changes, ConnectionMessages messages, CommandResponder responder)
    : IConsumer<RenameConnection>
{
    public Task Consume(ConsumeContext<RenameConnection> context)
    {
        var m = context.Message;
        var requestContext = CommandResponder.CreateContext(context, m.Workspace, m.Actor, m.CorrelationId);
        var ct = context.CancellationToken;
        return responder.Respond(context, requestContext, m.CommandId, "rename-connection", m.ConnectionId, async () =>
        {
            if (!await changes.Rename(requestContext, m.ConnectionId, m.Name, ct))
                await context.PublishAgain(await messages.LatestRenamed(requestContext, m.ConnectionId, ct), requestContext.Correlation, ct);
        });
    }
}

public sealed class DeleteConnectionConsumer(ChangeConnections changes, ConnectionMessages messages, CommandResponder responder)
    : IConsumer<DeleteConnection>
{
    public Task Consume(ConsumeContext<DeleteConnection> context)
    {
        var m = context.Message;
        var requestContext = CommandResponder.CreateContext(context, m.Workspace, m.Actor, m.CorrelationId);
        var ct = context.CancellationToken;
        return responder.Respond(context, requestContext, m.CommandId, "delete-connection", m.ConnectionId, async () =>
        {
            if (!await changes.Delete(requestContext, m.ConnectionId, ct))
                await context.PublishAgain(await messages.LatestDeleted(requestContext, m.ConnectionId, ct), requestContext.Correlation, ct);
        });
    }
}

/// <summary>A stale report changes nothing and is not answered.</summary>
public sealed class RequireReauthConsumer(Domain.ConnectionStreams connections) : IConsumer<RequireReauth>
{
    private const string DefaultReason = "The provider rejected the credentials.";

    public Task Consume(ConsumeContext<RequireReauth> context)
    {
        var m = context.Message;
        return connections.Handle(
            new ConnectionId(m.Workspace, m.ConnectionId),
            new Domain.Connection.RequireReauth(Texts.Cut(m.Reason) is { Length: > 0 } reason ? reason : DefaultReason, m.CredentialVersion),
            CommandResponder.CreateContext(context, m.Workspace, m.Actor, m.CorrelationId).Metadata,
            context.CancellationToken);
    }
}
