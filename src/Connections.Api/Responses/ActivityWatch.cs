using Connections.Domain.Activity;
using EventSourcing;

namespace Connections.Api.Responses;

/// <summary>Follows the log so that a caller who waits for the end of an activity is woken by it.</summary>
public sealed class ActivityWatch(IEventLog log, TimeProvider clock, ILogger<ActivityWatch> logger) : BackgroundService
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, HashSet<ActivityWait>> waits = [];

    /// <summary>How many callers wait just now. Nothing is kept for anybody else, so that open requests are the bound of what is kept.</summary>
    internal int Waiting
    {
        get
        {
            lock (gate) return waits.Values.Sum(of => of.Count);
        }
    }

    /// <summary>Waits for the end of an activity from this call on. Dispose the wait when nobody needs it any more.</summary>
    public ActivityWait End(string stream)
    {
        var wait = new ActivityWait(stream, Remove);
        lock (gate)
        {
            if (!waits.TryGetValue(stream, out var of)) waits.Add(stream, of = []);
            of.Add(wait);
        }

        return wait;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await foreach (var batch in log.Subscribe([ActivityDecider.Category], await log.Head(stoppingToken), stoppingToken))
                    foreach (var recorded in batch.Events.Where(e => Ends((ActivityEvent)ActivityDecider.Names.Read(e)))) Wake(recorded.Stream);
            }
            catch (Exception broken) when (!stoppingToken.IsCancellationRequested)
            {
                logger.LogWarning(broken, "The log cannot be followed; those who wait are woken to look for themselves");
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
            if (waits.TryGetValue(wait.Stream, out var of) && of.Remove(wait) && of.Count == 0) waits.Remove(wait.Stream);
        }
    }
}
