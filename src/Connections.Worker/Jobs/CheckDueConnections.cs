using Connections.Hosting;
using Connections.Operations.Messages;
using Connections.ReadModels;
using EventSourcing;
using MassTransit;
using Quartz;

namespace Connections.Worker;

/// <summary>
/// Finds the connections whose check is due, and asks for it: the longest overdue first, and for no more at a time than the consumers get
/// done before they are asked for again. However far behind the checks are, and however often this fires, so many messages are under way
/// and no more.
/// </summary>
[DisallowConcurrentExecution]
public sealed class CheckDueConnections(ConnectionQueries connections, AskedChecks asked, IBus bus, TimeProvider clock) : IJob
{
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken) => await Ask(cancellationToken);

    public async Task Ask(CancellationToken ct)
    {
        var due = await connections.DueForCheck(clock.GetUtcNow(), AskedChecks.Most, ct);
        foreach (var (workspace, id) in asked.Of(due))
        {
            using var hop = Road.Schedule.Begin("ask-check")?.SetTag(HopTags.Connection, id);
            await bus.Ask(new CheckConnection(workspace, id, Scheduled: true), ct);
            asked.Note(workspace, id);
        }
    }
}

/// <summary>
/// The checks this process asked for that are not done. A row that is due no more is forgotten; one that still is may have been asked for
/// by a message that was lost, and is asked for again.
/// </summary>
public sealed class AskedChecks(TimeProvider clock)
{
    public const int Most = 500;

    // 16 at once, 20 s each at the worst: 500 take some ten minutes
    private static readonly TimeSpan Again = TimeSpan.FromMinutes(15);

    private readonly Dictionary<(string Workspace, Guid Id), long> asked = [];

    /// <summary>Those of the due ones that are to be asked for now.</summary>
    public IReadOnlyList<(string Workspace, Guid Id)> Of(IReadOnlyList<(string Workspace, Guid Id)> due)
    {
        foreach (var done in asked.Keys.Except(due).ToArray()) asked.Remove(done);
        return [.. due.Where(d => !asked.TryGetValue(d, out var at) || clock.GetElapsedTime(at) >= Again)];
    }

    public void Note(string workspace, Guid id) => asked[(workspace, id)] = clock.GetTimestamp();
}
