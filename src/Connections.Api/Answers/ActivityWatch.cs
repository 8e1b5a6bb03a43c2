using System.Collections.Concurrent;
using Connections.Domain;
using EventSourcing;

namespace Connections.Api;

/// <summary>Follows the log so that a caller who waits for the end of an activity is woken by it.</summary>
public sealed class ActivityWatch(IEventLog log, TimeProvider clock, ILogger<ActivityWatch> logger) : BackgroundService
{
    private readonly ConcurrentDictionary<string, TaskCompletionSource> watched = new();

    /// <summary>Completes when the activity ends after this call.</summary>
    public Task End(string stream) =>
        watched.GetOrAdd(stream, _ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await foreach (var batch in log.Subscribe([ActivityDecider.Category], await log.Head(stoppingToken), stoppingToken))
                    foreach (var recorded in batch.Events.Where(Ends)) Wake(recorded.Stream);
            }
            catch (Exception broken) when (!stoppingToken.IsCancellationRequested)
            {
                logger.LogWarning(broken, "The log cannot be followed; those who wait are woken to look for themselves");
                foreach (var stream in watched.Keys) Wake(stream);
                await Task.Delay(TimeSpan.FromSeconds(1), clock, stoppingToken);
            }
        }
    }

    private static bool Ends(RecordedEvent recorded) =>
        ActivityDecider.Names.Read(recorded) is not (ActivityRequested or ActivityStarted or ActivityDeferred);

    private void Wake(string stream)
    {
        if (watched.TryRemove(stream, out var waiting)) waiting.SetResult();
    }
}
