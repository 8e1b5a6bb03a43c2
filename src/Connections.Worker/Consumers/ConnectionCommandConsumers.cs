using Connections.Contracts;
using Connections.Hosting;
using Connections.Operations;
using EventSourcing;
using MassTransit;

namespace Connections.Worker;

/// <summary>A command for a connection that came over the bus, carried out, and its refusal answered.</summary>
public sealed class BusDoor(Domain.ConnectionStreams connections, TimeProvider clock)
{
    public async Task Answer(ConsumeContext context, Who who, Guid command, string name, Guid connection, Func<Task> work)
    {
        try
        {
            await work();
        }
        catch (RejectedException refused)
        {
            var about = await connections.Load(Domain.ConnectionDecider.Stream(who.Workspace, connection), context.CancellationToken);
            await context.Tell(
                new CommandRefused(who.Workspace, command, name, refused.Code, refused.Message, connection, clock.GetUtcNow(), who.Correlation)
                {
                    Connector = about.State.Creation?.Connector,
                    Version = about.State.Creation is null ? null : about.Revision
                },
                context.CancellationToken);
        }
    }

    public static Who Who(ConsumeContext context, string workspace, string? actor, string? correlation) =>
        Operations.Who.Sent(workspace, actor, correlation, context.MessageId);
}

public sealed class TestConnectionConsumer(TestConnections tests, BusDoor door) : IConsumer<TestConnection>
{
    public Task Consume(ConsumeContext<TestConnection> context)
    {
        var m = context.Message;
        var who = BusDoor.Who(context, m.Workspace, m.Actor, m.CorrelationId);
        return door.Answer(
            context, who, m.CommandId, "test-connection", m.ConnectionId, () => tests.Test(who, m.ConnectionId, context.CancellationToken));
    }
}

public sealed class RenameConnectionConsumer(ChangeConnections changes, ConnectionMessages messages, BusDoor door) : IConsumer<RenameConnection>
{
    public Task Consume(ConsumeContext<RenameConnection> context)
    {
        var m = context.Message;
        var who = BusDoor.Who(context, m.Workspace, m.Actor, m.CorrelationId);
        var ct = context.CancellationToken;
        return door.Answer(context, who, m.CommandId, "rename-connection", m.ConnectionId, async () =>
        {
            if (!await changes.Rename(who, m.ConnectionId, m.Name, ct))
                await context.TellAgain(await messages.RenamedAgain(who, m.ConnectionId, ct), who.Correlation, ct);
        });
    }
}

public sealed class DeleteConnectionConsumer(ChangeConnections changes, ConnectionMessages messages, BusDoor door) : IConsumer<DeleteConnection>
{
    public Task Consume(ConsumeContext<DeleteConnection> context)
    {
        var m = context.Message;
        var who = BusDoor.Who(context, m.Workspace, m.Actor, m.CorrelationId);
        var ct = context.CancellationToken;
        return door.Answer(context, who, m.CommandId, "delete-connection", m.ConnectionId, async () =>
        {
            if (!await changes.Delete(who, m.ConnectionId, ct))
                await context.TellAgain(await messages.DeletedAgain(who, m.ConnectionId, ct), who.Correlation, ct);
        });
    }
}

/// <summary>A stale report changes nothing and is not answered.</summary>
public sealed class RequireReauthConsumer(Domain.ConnectionStreams connections) : IConsumer<RequireReauth>
{
    private const string NoReason = "The provider refused the credentials.";

    public Task Consume(ConsumeContext<RequireReauth> context)
    {
        var m = context.Message;
        return connections.Handle(
            Domain.ConnectionDecider.Stream(m.Workspace, m.ConnectionId),
            new Domain.RequireReauth(Texts.Cut(m.Reason) is { Length: > 0 } reason ? reason : NoReason, m.CredentialVersion),
            BusDoor.Who(context, m.Workspace, m.Actor, m.CorrelationId).Metadata,
            context.CancellationToken);
    }
}
