using Connections.Connectors.Catalogue;
using Connections.Domain;
using Connections.Domain.Activity;
using Connections.Hosting;
using Connections.Operations;
using Connections.ReadModels.Waits;
using EventSourcing;
using EventSourcing.Sql.Loops;
using MassTransit;

namespace Connections.Worker.Waking;

/// <summary>
/// Sends what is due, and again what was sent and not heard of; ends what is overdue. It works from its table and from nothing it
/// remembers, each second and whenever the table changes.
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
    private const int AtOnce = 500;

    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        string? said = null;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await leases.Wait("waker", stoppingToken);
                await Wake(stoppingToken);
                said = null;
            }
            catch (Exception broken) when (!stoppingToken.IsCancellationRequested)
            {
                var error = EventNotHandledException.Describe(broken);
                if (error != said) logger.LogWarning("The waker could not do its round; it tries again each second: {Error}", error);
                said = error;
                await Task.Delay(Second, clock, stoppingToken);
            }

            await signal.Wait(Second, clock, stoppingToken);
        }
    }

    /// <summary>One round. What a round does is bounded; where it found as much as it may send, the next follows at once.</summary>
    public async Task Wake(CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var most = Math.Max(await Release(now, ct), await SendAgain(now, ct));
        await EndOverdue(now, ct);
        if (most >= AtOnce) signal.Pulse();
    }

    private async Task<int> Release(DateTimeOffset now, CancellationToken ct)
    {
        var found = await dueWaits.Find(now, GetLimit, AtOnce, ct);
        await Send(found.Waits, now, ct);
        await dueWaits.Settle(found.Done, ct);
        return found.Waits.Count;
    }

    private async Task<int> SendAgain(DateTimeOffset now, CancellationToken ct)
    {
        var unheard = (await waits.Unheard(now, AtOnce, ct)).ToLookup(u => u.Dead, u => u.Wait);
        await Send([.. unheard[false]], now, ct);
        if (unheard[true].Any()) await waits.Park([.. unheard[true]], ct);
        return unheard.Sum(u => u.Count());
    }

    // many at a time: the log commits together what comes together
    private async Task EndOverdue(DateTimeOffset now, CancellationToken ct)
    {
        var together = new ParallelOptions { MaxDegreeOfParallelism = 32, CancellationToken = ct };
        await Parallel.ForEachAsync(
            await waits.Overdue(now, AtOnce, ct), together, async (wait, token) => await End(wait, now, token));
    }

    private int GetLimit(string? connector) => catalogue.Find(connector ?? "")?.Entry.Concurrency ?? 1;

    private async Task Send(IReadOnlyList<Wait> due, DateTimeOffset now, CancellationToken ct)
    {
        if (due.Count == 0) return;
        foreach (var wait in due) await Send(wait, ct);
        await waits.Sent(due, now, ct);
        logger.LogDebug("{Count} activities were woken", due.Count);
    }

    private async Task Send(Wait wait, CancellationToken ct)
    {
        var slice = await log.Read(ActivityDecider.Stream(wait.Workspace, wait.Id), ct);
        if (slice.Revision != wait.Revision) return; // the row lags; what is behind it comes
        var request = (ActivityRequested)ActivityDecider.Names.Read(slice.Events[0]);
        var metadata = EventMetadata.Following(slice.Events[^1], "waker") with
        {
            Correlation = EventMetadata.Following(slice.Events[0], "waker").Correlation // one for all its attempts
        };
        using var hop = Flow.Wake.Begin("wake", metadata.Trace)?.SetTag(HopTags.Stream, slice.Stream).SetTag(HopTags.Attempt, wait.Attempts + 1);
        await bus.SendCommand(
            new RunAttempt(
                wait.Workspace, wait.Id, wait.Revision, wait.Attempts, request, metadata.Correlation, metadata.Causation),
            ct);
    }

    private async Task End(Wait wait, DateTimeOffset now, CancellationToken ct)
    {
        var stream = ActivityDecider.Stream(wait.Workspace, wait.Id);
        using var hop = Flow.Wake.Begin("end-overdue")?.SetTag(HopTags.Stream, stream);
        try
        {
            await activities.Handle(stream, new EndOverdueActivity(now), new EventMetadata(wait.Workspace, "waker"), ct);
        }
        catch (StreamConflictException)
        {
            // it is busy with something else; the row tells, next time
        }
    }
}
