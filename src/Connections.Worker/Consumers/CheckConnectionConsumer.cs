using Connections.Domain;
using Connections.Operations;
using Connections.Operations.Connections;
using Connections.Operations.Messages;
using Connections.ReadModels.Connections;
using EventSourcing;
using MassTransit;

namespace Connections.Worker.Consumers;

/// <summary>Checks a connection, because its scheduled check is due or because an activity could not reach the provider.</summary>
public sealed class CheckConnectionConsumer(
    TestConnections tests, ConnectionQueries connections, RecentChecks recent, TimeProvider clock, ILogger<CheckConnectionConsumer> log)
    : IConsumer<CheckConnection>
{
    public async Task Consume(ConsumeContext<CheckConnection> context)
    {
        var (workspace, id, scheduled) = context.Message;
        var connection = new ConnectionId(workspace, id);
        if (scheduled && !await Due(connection, context.CancellationToken)) return;
        if (!recent.Begin(connection)) return;
        var requestContext = new RequestContext(workspace, "connections-worker", context.CorrelationId?.ToString(), context.MessageId?.ToString());
        try
        {
            if (await tests.Check(requestContext, id, context.CancellationToken) is { } probed)
                log.LogInformation("Connection {Connection} of {Workspace} was checked: {Outcome}", id, workspace, probed.Outcome);
        }
        catch (RejectedException rejected)
        {
            log.LogInformation("Connection {Connection} of {Workspace} could not be checked: {Code}", id, workspace, rejected.Code);
        }
    }

    // Not due when the message is a duplicate or late, and the connection was checked meanwhile.
    private async Task<bool> Due(ConnectionId id, CancellationToken ct) =>
        await connections.Find(id, ct) is { } view && CheckSchedule.Due(view) <= clock.GetUtcNow();
}
