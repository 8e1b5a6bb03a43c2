using Connections.Domain;
using Connections.Domain.Activity;
using EventSourcing;

namespace Connections.Web.Responses;

/// <summary>Subscribes to the log and wakes the callers that wait for an activity to end.</summary>
public sealed class ActivityWatch(IEventLog log, TimeProvider clock, ILogger<ActivityWatch> logger) : BackgroundService
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, HashSet<ActivityWait>> waits = [];

    /// <summary>The number of callers that wait now. The watch keeps nothing else, so open requests bound its memory.</summary>
    internal int Waiting
    {
        get
        {
            lock (gate) return waits.Values.Sum(stream => stream.Count);
        }
    }

    /// <summary>Starts to wait for the end of an activity. Dispose the result when the caller no longer waits.</summary>
    public ActivityWait End(ActivityId id)
    {
        var stream = id.Stream;
        var wait = new ActivityWait(stream, Remove);
        lock (gate)
        {
            if (!waits.TryGetValue(stream, out var callers)) waits.Add(stream, callers = []);
            callers.Add(wait);
        }

        return wait;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await foreach (var batch in log.Subscribe([ActivityId.Category], await log.Head(stoppingToken), stoppingToken))
                    foreach (var recorded in batch.Events.Where(e => Ends((ActivityEvent)ActivityDecider.Names.Read(e)))) Wake(recorded.Stream);
            }
            catch (Exception broken) when (!stoppingToken.IsCancellationRequested)
            {
                logger.LogWarning(broken, "The log subscription failed; waiting callers are woken to read their streams again");
                foreach (var stream in Streams()) Wake(stream);
                await Task.Delay(TimeSpan.FromSeconds(1), clock, stoppingToken);
            }
        }
    }

    internal static bool Ends(ActivityEvent e) => e is ActivityEnd;

    private string[] Streams()
    {
        lock (gate) return [.. waits.Keys];
    }

    private void Wake(string stream)
    {
        HashSet<ActivityWait>? woken;
        lock (gate)
        {
            if (!waits.Remove(stream, out woken)) return;
        }

        foreach (var wait in woken) wait.Complete();
    }

    private void Remove(ActivityWait wait)
    {
        lock (gate)
        {
            if (waits.TryGetValue(wait.Stream, out var callers) && callers.Remove(wait) && callers.Count == 0) waits.Remove(wait.Stream);
        }
    }
}
