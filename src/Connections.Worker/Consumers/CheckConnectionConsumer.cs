using Connections.Operations;
using Connections.Operations.Connections;
using Connections.ReadModels.Connections;
using EventSourcing;
using MassTransit;

namespace Connections.Worker.Consumers;

/// <summary>Looks at a provider, because the schedule says so or because an activity could not reach it.</summary>
public sealed class CheckConnectionConsumer(
    TestConnections tests, ConnectionQueries connections, RecentChecks recent, TimeProvider clock, ILogger<CheckConnectionConsumer> log)
    : IConsumer<CheckConnection>
{
    public async Task Consume(ConsumeContext<CheckConnection> context)
    {
        var (workspace, id, scheduled) = context.Message;
        if (scheduled && !await Due(workspace, id, context.CancellationToken)) return;
        if (!recent.Begin(workspace, id)) return;
        var requestContext = new RequestContext(workspace, "connections-worker", context.CorrelationId?.ToString(), context.MessageId?.ToString());
        try
        {
            if (await tests.Check(requestContext, id, context.CancellationToken) is { } probed)
                log.LogInformation("Connection {Connection} of {Workspace} was checked: {Outcome}", id, workspace, probed.Outcome);
        }
        catch (RejectedException refused)
        {
            log.LogInformation("Connection {Connection} of {Workspace} could not be checked: {Code}", id, workspace, refused.Code);
        }
    }

    // checked meanwhile: the message came twice, or late
    private async Task<bool> Due(string workspace, Guid id, CancellationToken ct) =>
        await connections.Find(workspace, id, ct) is { } view && CheckSchedule.Due(view) <= clock.GetUtcNow();
}
