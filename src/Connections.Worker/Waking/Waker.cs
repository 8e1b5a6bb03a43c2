using Connections.Connectors.Catalogue;
using Connections.Domain;
using Connections.Domain.Activity;
using Connections.Hosting;
using Connections.Operations.Messages;
using Connections.ReadModels.Waits;
using EventSourcing;
using EventSourcing.Sql.Loops;
using MassTransit;

namespace Connections.Worker.Waking;

/// <summary>
/// Sends the activities that are due, sends those again that got no response, and ends those past their deadline. The waker runs each
/// second and whenever its table changes. It keeps no state besides the table.
/// </summary>
public sealed class Waker(
    DueWaits dueWaits,
    WaitQueries waits,
    WakeSignal signal,
    ConnectorCatalogue catalogue,
    IEventLog log,
    ActivityStreams activities,
    IBus bus,
    ILeases leases,
    TimeProvider clock,
    ILogger<Waker> logger) : BackgroundService
{
    private const int MaxPerRound = 500;

    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        string? lastLogged = null;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await leases.Wait("waker", stoppingToken);
                await Wake(stoppingToken);
                lastLogged = null;
            }
            catch (Exception broken) when (!stoppingToken.IsCancellationRequested)
            {
                var error = EventNotHandledException.Describe(broken);
                if (error != lastLogged) logger.LogWarning("A round of the waker failed; it is retried each second: {Error}", error);
                lastLogged = error;
                await Task.Delay(Second, clock, stoppingToken);
            }

            await signal.Wait(Second, clock, stoppingToken);
        }
    }

    /// <summary>Runs one round of bounded size. A round that reached its limit is followed by the next one immediately.</summary>
    public async Task Wake(CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var sent = Math.Max(await Release(now, ct), await SendAgain(now, ct));
        await EndOverdue(now, ct);
        if (sent >= MaxPerRound) signal.Pulse();
    }

    private async Task<int> Release(DateTimeOffset now, CancellationToken ct)
    {
        var found = await dueWaits.Find(now, GetLimit, MaxPerRound, ct);
        await Send(found.Waits, now, ct);
        await dueWaits.Settle(found.Done, ct);
        return found.Waits.Count;
    }

    private async Task<int> SendAgain(DateTimeOffset now, CancellationToken ct)
    {
        var unanswered = (await waits.Unheard(now, MaxPerRound, ct)).ToLookup(u => u.Dead, u => u.Wait);
        await Send([.. unanswered[false]], now, ct);
        if (unanswered[true].Any()) await waits.Park([.. unanswered[true]], ct);
        return unanswered.Sum(u => u.Count());
    }

    // Runs many at a time: the log commits concurrent appends together.
    private async Task EndOverdue(DateTimeOffset now, CancellationToken ct)
    {
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = 32, CancellationToken = ct };
        await Parallel.ForEachAsync(
            await waits.Overdue(now, MaxPerRound, ct), parallel, async (wait, token) => await End(wait, now, token));
    }

    private int GetLimit(string? connector) => catalogue.Find(connector ?? "")?.Entry.Concurrency ?? 1;

    private async Task Send(IReadOnlyList<Wait> due, DateTimeOffset now, CancellationToken ct)
    {
        if (due.Count == 0) return;
        foreach (var wait in due) await Send(wait, ct);
        await waits.Sent(due, now, ct);
        logger.LogDebug("Woke {Count} activities", due.Count);
    }

    private async Task Send(Wait wait, CancellationToken ct)
    {
        var slice = await log.Read(new ActivityId(wait.Workspace, wait.Id).Stream, ct);
        if (slice.Revision != wait.Revision) return; // the row lags behind the stream, and will be updated
        var request = (ActivityRequested)ActivityDecider.Names.Read(slice.Events[0]);
        var metadata = EventMetadata.Following(slice.Events[^1], "waker") with
        {
            Correlation = EventMetadata.Following(slice.Events[0], "waker").Correlation // all attempts of an activity share it
        };
        using var hop = Flow.Wake.Begin("wake", metadata.Trace)?.SetTag(HopTags.Stream, slice.Stream).SetTag(HopTags.Attempt, wait.Attempts + 1);
        await bus.SendCommand(
            new RunAttempt(
                wait.Workspace, wait.Id, wait.Revision, wait.Attempts, request, metadata.Correlation, metadata.Causation),
            ct);
    }

    private async Task End(Wait wait, DateTimeOffset now, CancellationToken ct)
    {
        var id = new ActivityId(wait.Workspace, wait.Id);
        using var hop = Flow.Wake.Begin("end-overdue")?.SetTag(HopTags.Stream, id.Stream);
        try
        {
            await activities.Handle(id, new EndOverdueActivity(now), new EventMetadata(wait.Workspace, "waker"), ct);
        }
        catch (StreamConflictException)
        {
            // Another writer changed the activity. The next round reads the updated row.
        }
    }
}
