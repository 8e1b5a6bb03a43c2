using System.Threading.Channels;
using Connections.Domain;
using EventSourcing;

namespace Connections.Web.Changes;

/// <summary>A connection or an activity that changed, and its version then.</summary>
/// <param name="Kind"><c>connection</c> or <c>activity</c>.</param>
public sealed record Change(string Kind, Guid Id, long Version);

/// <summary>
/// Follows the log once for all listeners of this host. A listener that is too slow misses the oldest changes: the latest one still makes
/// it read again.
/// </summary>
public sealed class ChangeFeed(IEventLog log, TimeProvider clock, ILogger<ChangeFeed> logger) : BackgroundService
{
    private const int MostUnread = 200;

    private readonly Lock gate = new();
    private readonly Dictionary<string, HashSet<Channel<Change>>> listeners = [];

    internal int Listeners
    {
        get
        {
            lock (gate) return listeners.Values.Sum(workspace => workspace.Count);
        }
    }

    /// <summary>The changes of a workspace from now on. The enumeration ends with its token.</summary>
    public async IAsyncEnumerable<Change> Follow(
        string workspace, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken ct)
    {
        var channel = Channel.CreateBounded<Change>(new BoundedChannelOptions(MostUnread) { FullMode = BoundedChannelFullMode.DropOldest });
        lock (gate)
        {
            if (!listeners.TryGetValue(workspace, out var all)) listeners.Add(workspace, all = []);
            all.Add(channel);
        }

        try
        {
            await foreach (var change in channel.Reader.ReadAllAsync(ct)) yield return change;
        }
        finally
        {
            lock (gate)
            {
                if (listeners.TryGetValue(workspace, out var all) && all.Remove(channel) && all.Count == 0) listeners.Remove(workspace);
            }
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await foreach (var batch in log.Subscribe([ConnectionId.Category, ActivityId.Category], await log.Head(stoppingToken), stoppingToken))
                    foreach (var recorded in batch.Events) Publish(recorded);
            }
            catch (Exception broken) when (!stoppingToken.IsCancellationRequested)
            {
                logger.LogWarning("The log subscription of the change stream failed ({Fault}) and begins again", broken.GetType().Name);
                await Task.Delay(TimeSpan.FromSeconds(1), clock, stoppingToken);
            }
        }
    }

    private void Publish(RecordedEvent recorded)
    {
        Channel<Change>[] told;
        lock (gate)
        {
            if (listeners.Count == 0 || !listeners.TryGetValue(StreamName.Workspace(recorded.Stream), out var all)) return;
            told = [.. all];
        }

        var change = ConnectionId.IsStream(recorded.Stream)
            ? new Change("connection", ConnectionId.Parse(recorded.Stream).Value, recorded.Revision)
            : new Change("activity", ActivityId.Parse(recorded.Stream).Value, recorded.Revision);
        foreach (var channel in told) channel.Writer.TryWrite(change);
    }
}
