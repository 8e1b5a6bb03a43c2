using System.Diagnostics.Metrics;
using Connections.Hosting.RabbitMq;
using Connections.Hosting.Telemetry;
using Connections.ReadModels.Overview;
using Connections.Web.Changes;
using EventSourcing;
using EventSourcing.Sql;
using EventSourcing.Sql.Loops;
using EventSourcing.Sql.Rebuilds;

namespace Connections.Api.Telemetry;

/// <summary>
/// Publishes metrics about what all hosts share, collected every 15 s: open activities, due checks, and the lag of every loop, whichever
/// host runs it, and also when no host does. Each Api publishes the same values: with several, use one of them, or the maximum.
/// </summary>
public sealed class OverviewMeter(
    OverviewQueries overview,
    IEventLog log,
    ReadModelDatabase rows,
    ServiceDatabase service,
    IMeterFactory meters,
    LoopLags lags,
    TimeProvider clock,
    ErrorQueues? errors = null)
    : BackgroundService
{
    public static readonly TimeSpan Every = TimeSpan.FromSeconds(15);

    private Overview? latest;
    private IReadOnlyList<QueueDepth> depths = [];

    public override Task StartAsync(CancellationToken cancellationToken)
    {
        var meter = meters.Create(TelemetryRegistration.Overview);
        meter.CreateObservableGauge("connections.activities.open", Open, "{activity}", "Activities that have not ended.");
        meter.CreateObservableGauge("connections.activities.oldest", Oldest, "s", "How long the oldest of them has been running, sent, or waiting.");
        meter.CreateObservableGauge("connections.known", Statuses, "{connection}", "Connections that are not deleted.");
        meter.CreateObservableGauge("connections.checks.due", Due, "{connection}", "Connections whose check is due.");
        meter.CreateObservableGauge("connections.loop.lag", () => Loops(l => l.Positions), "{position}", "How far a loop is behind the log.");
        meter.CreateObservableGauge("connections.loop.behind", () => Loops(l => l.Seconds), "s", "Minimum age of the oldest event that a loop has not processed.");
        meter.CreateObservableGauge("connections.bus.errors", Errors, "{message}", "Messages in an error queue.");
        return base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await Collect(stoppingToken);
            }
            catch (Exception) when (!stoppingToken.IsCancellationRequested)
            {
                latest = null; // a store is unavailable or has no tables yet: old numbers would look healthy
                lags.Unknown();
            }

            depths = errors is null ? [] : await Depths(errors, stoppingToken);
            await Task.Delay(Every, clock, stoppingToken);
        }
    }

    private async Task Collect(CancellationToken ct)
    {
        latest = await overview.Read(clock.GetUtcNow(), ct);
        // Read the positions before the head: an event appended in between then has an age of 0 s.
        var positions = new Dictionary<string, long>();
        foreach (var database in (SqlDatabase[])[rows.Sql, service.Sql])
            foreach (var (loop, position) in await new Checkpoints(database).All(ct))
                if (!Rebuild.Marks(loop)) positions[loop] = position; // a rebuild starts at the beginning on purpose
        lags.Note(await log.Head(ct), positions);
    }

    private static async Task<IReadOnlyList<QueueDepth>> Depths(ErrorQueues errors, CancellationToken ct)
    {
        try
        {
            return await errors.Depths(ct);
        }
        catch (Exception) when (!ct.IsCancellationRequested)
        {
            return []; // the broker is unavailable
        }
    }

    private IEnumerable<Measurement<long>> Errors() => depths.Select(d => new Measurement<long>(d.Errors ?? 0, Tag("queue", d.Queue)));

    private IEnumerable<Measurement<long>> Open() => (latest?.Open ?? []).Select(o => new Measurement<long>(o.Number, Tags(o)));

    private IEnumerable<Measurement<double>> Oldest() => (latest?.Open ?? [])
        .Select(o => new Measurement<double>(Math.Max(0, (clock.GetUtcNow() - o.Oldest).TotalSeconds), Tags(o)));

    private IEnumerable<Measurement<long>> Statuses() =>
        (latest?.Statuses ?? new Dictionary<string, long>()).Select(s => new Measurement<long>(s.Value, Tag("status", s.Key)));

    private IEnumerable<Measurement<long>> Due() => latest is { } now ? [new Measurement<long>(now.DueChecks)] : [];

    private IEnumerable<Measurement<double>> Loops(Func<LoopLag, double> value) =>
        lags.Now.Select(l => new Measurement<double>(value(l), Tag("loop", l.Loop)));

    private static KeyValuePair<string, object?>[] Tags(OpenActivities open) => [Tag("state", open.State), Tag("kind", open.Kind)];

    private static KeyValuePair<string, object?> Tag(string name, string value) => new(name, value);
}
