using Connections.Domain;
using Connections.Hosting;
using Connections.Operations.Messages;
using Connections.ReadModels.Connections;
using EventSourcing;
using MassTransit;
using Quartz;

namespace Connections.Worker.Jobs;

/// <summary>
/// Sends a check command for each connection whose check is due, the longest overdue first. One run sends at most as many commands as the
/// consumers can handle before a command is repeated. This limits the commands in the queue, however late the checks are.
/// </summary>
[DisallowConcurrentExecution]
public sealed class CheckDueConnections(ConnectionQueries connections, RequestedChecks requested, IBus bus, TimeProvider clock) : IJob
{
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken) => await SendChecks(cancellationToken);

    public async Task SendChecks(CancellationToken ct)
    {
        var due = await connections.DueForCheck(clock.GetUtcNow(), RequestedChecks.MaxPerRun, ct);
        foreach (var connection in requested.Select(due))
        {
            using var hop = Flow.Schedule.Begin("ask-check")?.SetTag(HopTags.Connection, connection.Value);
            await bus.SendCommand(new CheckConnection(connection.Workspace, connection.Value, Scheduled: true), ct);
            requested.Note(connection);
        }
    }
}

/// <summary>
/// The checks that this process requested and that are not done. An entry is dropped once its row is no longer due. A row that stays due is
/// requested again after a while, because the first message may have been lost.
/// </summary>
public sealed class RequestedChecks(TimeProvider clock)
{
    public const int MaxPerRun = 500;

    // With 16 at a time and at most 20 s each, 500 checks take some ten minutes.
    private static readonly TimeSpan RepeatAfter = TimeSpan.FromMinutes(15);

    private readonly Dictionary<ConnectionId, long> requested = [];

    /// <summary>Selects the due checks that have to be requested now.</summary>
    public IReadOnlyList<ConnectionId> Select(IReadOnlyList<ConnectionId> due)
    {
        foreach (var done in requested.Keys.Except(due).ToArray()) requested.Remove(done);
        return [.. due.Where(d => !requested.TryGetValue(d, out var at) || clock.GetElapsedTime(at) >= RepeatAfter)];
    }

    public void Note(ConnectionId id) => requested[id] = clock.GetTimestamp();
}
