using Connections.Hosting;
using Connections.Operations;
using Connections.ReadModels.Connections;
using EventSourcing;
using MassTransit;
using Quartz;

namespace Connections.Worker.Jobs;

/// <summary>
/// Finds the connections whose check is due, and asks for it: the longest overdue first, and for no more at a time than the consumers get
/// done before they are asked for again. However far behind the checks are, and however often this fires, so many messages are under way
/// and no more.
/// </summary>
[DisallowConcurrentExecution]
public sealed class CheckDueConnections(ConnectionQueries connections, RequestedChecks asked, IBus bus, TimeProvider clock) : IJob
{
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken) => await SendChecks(cancellationToken);

    public async Task SendChecks(CancellationToken ct)
    {
        var due = await connections.DueForCheck(clock.GetUtcNow(), RequestedChecks.Most, ct);
        foreach (var (workspace, id) in asked.Select(due))
        {
            using var hop = Flow.Schedule.Begin("ask-check")?.SetTag(HopTags.Connection, id);
            await bus.SendCommand(new CheckConnection(workspace, id, Scheduled: true), ct);
            asked.Note(workspace, id);
        }
    }
}

/// <summary>
/// The checks this process asked for that are not done. A row that is due no more is forgotten; one that still is may have been asked for
/// by a message that was lost, and is asked for again.
/// </summary>
public sealed class RequestedChecks(TimeProvider clock)
{
    public const int Most = 500;

    // 16 at once, 20 s each at the worst: 500 take some ten minutes
    private static readonly TimeSpan RepeatAfter = TimeSpan.FromMinutes(15);

    private readonly Dictionary<(string Workspace, Guid Id), long> requested = [];

    /// <summary>Those of the due ones that are to be asked for now.</summary>
    public IReadOnlyList<(string Workspace, Guid Id)> Select(IReadOnlyList<(string Workspace, Guid Id)> due)
    {
        foreach (var done in requested.Keys.Except(due).ToArray()) requested.Remove(done);
        return [.. due.Where(d => !requested.TryGetValue(d, out var at) || clock.GetElapsedTime(at) >= RepeatAfter)];
    }

    public void Note(string workspace, Guid id) => requested[(workspace, id)] = clock.GetTimestamp();
}
