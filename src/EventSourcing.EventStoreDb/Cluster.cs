using System.Net;
using Grpc.Core;
using Microsoft.Extensions.Logging;

namespace EventSourcing.EventStoreDb;

/// <summary>
/// Selects the node to call: the one address, or a node found by gossip. Selects another when the node is lost or not the leader.
/// </summary>
internal sealed class Cluster(ConnectionString settings, TimeProvider clock, ILogger logger) : IDisposable
{
    // The limit is long enough for an election. After it, the caller gets an exception: the outcome of the call is unknown.
    private static readonly TimeSpan DiscoveryLimit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan AwayAfter = TimeSpan.FromSeconds(3);

    private readonly SemaphoreSlim selecting = new(1, 1);
    private readonly Outage outage = new(settings, clock, logger);
    private readonly Discovery discovery = new(settings, clock);
    private DnsEndPoint? leader;
    private Node? current;
    private bool closed;
    private int looking;

    /// <summary>
    /// Runs a call at a node and repeats it, perhaps at another node, after temporary faults. The call must be repeatable.
    /// </summary>
    /// <exception cref="EventStoreDbSettingsException">The server rejects the settings; a retry would not help.</exception>
    /// <exception cref="EventStoreDbUnreachableException">
    /// No response within half a minute, or within <see cref="ReadLimit"/>; at once if the server has been away for that long.
    /// </exception>
    public Task<T> Run<T>(Func<Node, CancellationToken, Task<T>> call, CancellationToken ct) =>
        ReadLimit.Current is { } limit ? RunWithin(limit, call, ct) : Repeat(call, DiscoveryLimit, Attempts.Many, ct);

    /// <summary>As <see cref="Run"/>, for a call whose response is read after it returns. The reader calls <see cref="Responded"/>.</summary>
    public Task<T> Open<T>(Func<Node, CancellationToken, Task<T>> call, CancellationToken ct) =>
        Repeat(call, DiscoveryLimit, Attempts.Unanswered, ct);

    /// <summary>Says that the server responds.</summary>
    public void Responded() => outage.End();

    // During an outage that is known, one of these calls at a time looks for the server. All others fail at once.
    private async Task<T> RunWithin<T>(TimeSpan limit, Func<Node, CancellationToken, Task<T>> call, CancellationToken ct)
    {
        var (looks, successes) = (outage.Lasts(limit), outage.Successes);
        if (looks && Interlocked.Exchange(ref looking, 1) == 1) throw StillAway();
        try
        {
            using var ended = new CancellationTokenSource(limit, clock);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, ended.Token);
            // An append that was sent is not cancelled: it goes on after the limit, and its events may be written.
            var response = Repeat(call, limit, looks ? Attempts.Two : Attempts.Many, either.Token);
            try
            {
                return await response.WaitAsync(ended.Token);
            }
            catch (OperationCanceledException e) when (ended.IsCancellationRequested && !ct.IsCancellationRequested)
            {
                _ = response.ContinueWith(t => t.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
                outage.WaitedOut(new RpcException(new Status(StatusCode.DeadlineExceeded, "No response arrived in time.")), successes);
                throw looks ? StillAway(e) : Unreachable(limit, e);
            }
        }
        finally
        {
            if (looks) Volatile.Write(ref looking, 0);
        }
    }

    private async Task<T> Repeat<T>(
        Func<Node, CancellationToken, Task<T>> call, TimeSpan limit, Attempts attempts, CancellationToken ct)
    {
        for (var (started, attempt) = (clock.GetTimestamp(), 1); ; attempt++)
        {
            ObjectDisposedException.ThrowIf(closed, typeof(EventStoreDbEventLog));
            Node? node = null;
            Exception failed;
            try
            {
                node = await Find(ct);
                var response = await call(node, ct);
                if (attempts != Attempts.Unanswered) outage.End();
                return response;
            }
            catch (RpcException e)
            {
                ct.ThrowIfCancellationRequested();
                Failed(node, e);
                failed = e;
            }
            catch (Exception e) when (e is TryAgainException || (e is ObjectDisposedException && !closed))
            {
                failed = e;
            }

            if (attempts == Attempts.Two && attempt == 2) throw StillAway(failed);
            if (clock.GetElapsedTime(started) > limit) throw Unreachable(limit, failed);
            if (attempts != Attempts.Two) await Task.Delay(settings.DiscoveryInterval, clock, ct);
        }
    }

    /// <summary>Whether no call has succeeded for some seconds.</summary>
    public bool IsAway => outage.Lasts(AwayAfter);

    /// <summary>Drops the node, unless it is only busy. Returns if a retry makes sense, else throws.</summary>
    public void Failed(Node? node, RpcException e)
    {
        var refusal = Faults.Refusal(e, settings);
        if (node is not null && !Faults.StaysAtNode(e) && Interlocked.CompareExchange(ref current, null, node) == node)
        {
            Volatile.Write(ref leader, Faults.Leader(e));
            node.Dispose();
        }

        if (refusal is not null) throw refusal;
        if (!Faults.Passes(e)) throw new IOException($"EventStoreDB at {settings.Places} answered {e.StatusCode}.", e);
        if (Faults.Leader(e) is null && !Faults.StaysAtNode(e) && !closed) outage.Begin(e);
    }

    public void Dispose()
    {
        closed = true;
        Interlocked.Exchange(ref current, null)?.Dispose();
        selecting.Dispose();
    }

    private async Task<Node> Find(CancellationToken ct)
    {
        if (Volatile.Read(ref current) is { } connected) return connected;
        await selecting.WaitAsync(ct);
        try
        {
            if (Volatile.Read(ref current) is { } found) return found;
            var address = Interlocked.Exchange(ref leader, null) ?? (settings.Discovers ? await discovery.Find(ct) : settings.Hosts[0]);
            var node = new Node(settings, address, clock);
            Volatile.Write(ref current, node);
            return node;
        }
        finally
        {
            selecting.Release();
        }
    }

    private EventStoreDbUnreachableException StillAway(Exception? inner = null) => new($"EventStoreDB at {settings.Places} is still away.", inner);

    private EventStoreDbUnreachableException Unreachable(TimeSpan limit, Exception inner) => new(
        $"EventStoreDB at {settings.Places} did not respond for {limit.TotalSeconds} seconds. A pending append may have been written.", inner);

    private enum Attempts
    {
        /// <summary>As many as fit into the limit.</summary>
        Many,

        /// <summary>As many as fit, of a call that returns before the server has answered.</summary>
        Unanswered,

        /// <summary>Two, because the first may fail by the state of an old connection.</summary>
        Two
    }
}
