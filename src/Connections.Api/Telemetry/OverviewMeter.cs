using System.Diagnostics.Metrics;
using Connections.Hosting.RabbitMq;
using Connections.Hosting.Telemetry;
using Connections.ReadModels.Overview;
using EventSourcing;
using EventSourcing.Sql;
using EventSourcing.Sql.Loops;
using EventSourcing.Sql.Rebuilds;

namespace Connections.Api.Telemetry;

/// <summary>
/// Numbers of what all hosts share, looked up now and then: what is open and why, what is due, and how far behind the log every loop is,
/// whichever host has it, and also when none has. Each Api tells the same: of several, take one, or the largest.
/// </summary>
public sealed class OverviewMeter(
    OverviewQueries overview,
    IEventLog log,
    ReadModelDatabase rows,
    ServiceDatabase service,
    IMeterFactory meters,
    TimeProvider clock,
    ErrorQueues? errors = null)
    : BackgroundService
{
    public static readonly TimeSpan Every = TimeSpan.FromSeconds(15);

    private readonly LoopLags lags = new(clock);
    private Overview? seen;
    private IReadOnlyList<QueueDepth> depths = [];

    public override Task StartAsync(CancellationToken cancellationToken)
    {
        var meter = meters.Create(TelemetryRegistration.Overview);
        meter.CreateObservableGauge("connections.activities.open", Open, "{activity}", "Activities that have not ended.");
        meter.CreateObservableGauge("connections.activities.oldest", Oldest, "s", "Since when the oldest of them runs, is sent, or was asked for and waits.");
        meter.CreateObservableGauge("connections.known", Statuses, "{connection}", "Connections, deleted ones left out.");
        meter.CreateObservableGauge("connections.checks.due", Due, "{connection}", "Connections whose check is due.");
        meter.CreateObservableGauge("connections.loop.lag", () => Loops(l => l.Positions), "{position}", "How far a loop is behind the log.");
        meter.CreateObservableGauge("connections.loop.behind", () => Loops(l => l.Seconds), "s", "How old what a loop has not done yet is, at least.");
        meter.CreateObservableGauge("connections.bus.errors", Errors, "{message}", "Messages that lie in an error queue.");
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
                seen = null; // a store is away or has no tables yet, which readiness says; old numbers would say that all is well
                lags.Unknown();
            }

            depths = errors is null ? [] : await Depths(errors, stoppingToken);
            await Task.Delay(Every, clock, stoppingToken);
        }
    }

    private async Task Collect(CancellationToken ct)
    {
        seen = await overview.Read(clock.GetUtcNow(), ct);
        // the positions first: what is appended in between is no lag
        var positions = new Dictionary<string, long>();
        foreach (var database in (SqlDatabase[])[rows.Sql, service.Sql])
            foreach (var (loop, position) in await new Checkpoints(database).All(ct))
                if (!Rebuild.Marks(loop)) positions[loop] = position; // it stands at the start on purpose
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
            return []; // the broker is away
        }
    }

    private IEnumerable<Measurement<long>> Errors() => depths.Select(d => new Measurement<long>(d.Errors ?? 0, Tag("queue", d.Queue)));

    private IEnumerable<Measurement<long>> Open() => (seen?.Open ?? []).Select(o => new Measurement<long>(o.Number, Tags(o)));

    private IEnumerable<Measurement<double>> Oldest() => (seen?.Open ?? [])
        .Select(o => new Measurement<double>(Math.Max(0, (clock.GetUtcNow() - o.Oldest).TotalSeconds), Tags(o)));

    private IEnumerable<Measurement<long>> Statuses() =>
        (seen?.Statuses ?? new Dictionary<string, long>()).Select(s => new Measurement<long>(s.Value, Tag("status", s.Key)));

    private IEnumerable<Measurement<long>> Due() => seen is { } now ? [new Measurement<long>(now.DueChecks)] : [];

    private IEnumerable<Measurement<double>> Loops(Func<LoopLag, double> value) =>
        lags.Now.Select(l => new Measurement<double>(value(l), Tag("loop", l.Loop)));

    private static KeyValuePair<string, object?>[] Tags(OpenActivities open) => [Tag("state", open.State), Tag("kind", open.Kind)];

    private static KeyValuePair<string, object?> Tag(string name, string value) => new(name, value);
}
