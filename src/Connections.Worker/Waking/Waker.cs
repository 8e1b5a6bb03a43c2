using Connections.Connectors;
using Connections.Domain;
using Connections.Operations.Messages;
using Connections.ReadModels;
using EventSourcing;
using EventSourcing.Sql;
using MassTransit;

namespace Connections.Worker;

/// <summary>
/// Sends what is due, and again what was sent and not heard of; ends what is overdue. It works from its table and from nothing it remembers,
/// each second and whenever the table changes.
/// </summary>
public sealed class Waker(
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
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await leases.Wait("waker", stoppingToken);
                await Wake(stoppingToken);
            }
            catch (Exception broken) when (!stoppingToken.IsCancellationRequested)
            {
                logger.LogWarning(broken, "The waker could not do its round; it tries again");
                await Task.Delay(Second, clock, stoppingToken);
            }

            await signal.Wait(Second, clock, stoppingToken);
        }
    }

    private async Task Wake(CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        await Send(await waits.Due(now, LimitOf, AtOnce, ct), now, ct);
        await Send(await waits.Unheard(now, AtOnce, ct), now, ct);
        foreach (var wait in await waits.Overdue(now, AtOnce, ct)) await End(wait, now, ct);
    }

    private int LimitOf(string? connector) => catalogue.Find(connector ?? "")?.Entry.Concurrency ?? 1;

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
        var metadata = EventMetadata.Following(slice.Events[^1], "waker");
        await bus.Publish(
            new RunAttempt(
                wait.Workspace, wait.Id, wait.Revision, wait.Attempts, request, metadata.Correlation, metadata.Causation),
            ct);
    }

    private async Task End(Wait wait, DateTimeOffset now, CancellationToken ct)
    {
        var metadata = new EventMetadata(wait.Workspace, "waker");
        await activities.Handle(ActivityDecider.Stream(wait.Workspace, wait.Id), new EndOverdueActivity(now), metadata, ct);
    }
}
