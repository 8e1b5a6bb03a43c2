using EventSourcing.EventStoreDb.Protocol;
using Grpc.Core;
using Microsoft.Extensions.Logging;

namespace EventSourcing.EventStoreDb;

/// <summary>
/// The log in EventStoreDB, one node or a cluster. A position is the commit position of the server. The caller does not notice a lost node
/// or a change of the leader: the log finds another node and repeats pending calls with the same ids.
/// </summary>
public sealed class EventStoreDbEventLog : IEventLog, IAsyncDisposable, IDisposable
{
    private const long All = long.MaxValue;

    private static readonly NewEvent MetadataEvent = new(Guid.Empty, "$metadata", default, default);

    private readonly SeenPosition seen = new();
    private readonly Cluster cluster;
    private readonly Appends appends;
    private readonly TimeProvider clock;

    private EventStoreDbEventLog(ConnectionString settings, TimeProvider clock, ILogger logger)
    {
        (this.clock, cluster) = (clock, new Cluster(settings, clock, logger));
        appends = new Appends(cluster, settings, seen, clock);
    }

    /// <param name="connectionString">In the format of the official client: <c>esdb://user:password@host:2113?tls=true</c>.</param>
    /// <exception cref="EventStoreDbSettingsException">The connection string cannot be used.</exception>
    public static EventStoreDbEventLog Open(string connectionString, TimeProvider clock, ILogger<EventStoreDbEventLog> logger) =>
        new(ConnectionString.Parse(connectionString), clock, logger);

    public bool IsAway => cluster.IsAway;

    /// <summary>Waits until the server is available. A warning is logged meanwhile.</summary>
    /// <exception cref="EventStoreDbSettingsException">The server rejects the settings; a retry would not help.</exception>
    public async Task Reach(CancellationToken ct)
    {
        while (true)
        {
            try
            {
                await Head(ct);
                return;
            }
            catch (EventStoreDbUnreachableException)
            {
                // The first failed attempt was logged.
            }
        }
    }

    public async Task<StreamSlice> Read(string stream, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        var events = await cluster.Run(
            async (node, token) => await StreamReads.Forwards(node, stream, 0, All, token).Select(Messages.Recorded).ToArrayAsync(token),
            ct);
        if (events.Length == 0) return new StreamSlice(stream, Revision.NoStream, events);
        seen.Add(events[^1].Position);
        return new StreamSlice(stream, events[^1].Revision, events);
    }

    public async Task<Appended> Append(string stream, long expected, IReadOnlyList<NewEvent> events, CancellationToken ct)
    {
        if (events.Count == 0) throw new ArgumentException("An append has at least one event.", nameof(events));
        if (expected < Revision.NoStream) throw new StreamConflictException(stream, expected);
        ct.ThrowIfCancellationRequested();
        return await appends.At(stream, expected, events, ct);
    }

    public IAsyncEnumerable<LogBatch> Subscribe(IReadOnlyList<string> prefixes, long after, CancellationToken ct) =>
        LogSubscription.Batches(new LogSubscription(cluster, prefixes, after, clock), () => Head(ct), ct);

    public async Task<long> Head(CancellationToken ct)
    {
        var last = await cluster.Run(async (node, token) => await StreamReads.LastOfAll(node, token), ct);
        if (last is null) return Position.Start;
        seen.Add((long)last.CommitPosition);
        return (long)last.CommitPosition;
    }

    /// <summary>A soft deletion: the name can be used again. The server removes the events at its next scavenge.</summary>
    public Task Remove(string stream, CancellationToken ct) => cluster.Run(
        async (node, token) =>
        {
            try
            {
                var options = new DeleteReq.Types.Options { StreamIdentifier = Messages.Stream(stream), Any = Messages.Empty };
                await node.Streams.DeleteAsync(new DeleteReq { Options = options }, node.Headers, node.Deadline, token);
            }
            catch (RpcException e) when (Faults.IsMissingStream(e))
            {
            }

            return true;
        },
        ct);

    public async Task KeepLast(string stream, int count, CancellationToken ct)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        var (first, last) = await cluster.Run(
            async (node, token) => (
                await StreamReads.Forwards(node, stream, 0, 1, token).FirstOrDefaultAsync(token),
                await StreamReads.Last(node, stream, token)),
            ct);
        if (first is null || last is null || last.StreamRevision - first.StreamRevision < (ulong)count) return;
        var truncate = MetadataEvent with { Id = Guid.CreateVersion7(), Data = Truncation(last.StreamRevision - (ulong)count + 1) };
        await appends.AppendAny($"$${stream}", truncate, ct);
    }

    public void Dispose() => cluster.Dispose();

    public ValueTask DisposeAsync()
    {
        Dispose();
        return ValueTask.CompletedTask;
    }

    private static byte[] Truncation(ulong before) => System.Text.Encoding.UTF8.GetBytes($$"""{"$tb":{{before}}}""");
}
