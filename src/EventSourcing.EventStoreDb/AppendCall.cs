using System.Collections.Concurrent;
using System.Threading.Channels;
using EventSourcing.EventStoreDb.Protocol;
using Grpc.Core;

namespace EventSourcing.EventStoreDb;

/// <summary>
/// The single streaming call for all appends of this process to a node. Many appends are under way at once, and responses arrive in the
/// order in which the server completes them. A correlation number assigns each response to its request.
/// </summary>
internal sealed class AppendCall : IDisposable
{
    private const int MaxPending = 1024;

    private readonly AsyncDuplexStreamingCall<BatchAppendReq, BatchAppendResp> call;
    private readonly Channel<BatchAppendReq> outgoing =
        Channel.CreateBounded<BatchAppendReq>(new BoundedChannelOptions(MaxPending) { SingleReader = true });
    private readonly ConcurrentDictionary<long, TaskCompletionSource<BatchAppendResp>> waiting = new();
    private readonly TimeSpan timeout;
    private readonly TimeProvider clock;
    private RpcException? broken;
    private long last;

    public AppendCall(Streams.StreamsClient streams, Metadata headers, TimeSpan timeout, TimeProvider clock)
    {
        (this.timeout, this.clock) = (timeout, clock);
        call = streams.BatchAppend(headers);
        _ = BreakOnFailure(Write);
        _ = BreakOnFailure(ReadResponses);
    }

    /// <exception cref="RpcException">The call ended, or no response came in time. The events may have been written.</exception>
    public async Task<BatchAppendResp> Send(BatchAppendReq request)
    {
        var number = Interlocked.Increment(ref last);
        request.CorrelationId = new UUID { Structured = new UUID.Types.Structured { LeastSignificantBits = number } };
        var response = new TaskCompletionSource<BatchAppendResp>(TaskCreationOptions.RunContinuationsAsynchronously);
        waiting[number] = response;
        try
        {
            if (Volatile.Read(ref broken) is { } ended) throw ended;
            await outgoing.Writer.WriteAsync(request);
            return await response.Task.WaitAsync(timeout, clock);
        }
        catch (ChannelClosedException)
        {
            throw Volatile.Read(ref broken)!;
        }
        catch (TimeoutException)
        {
            throw new RpcException(new Status(StatusCode.DeadlineExceeded, "No response to an append arrived in time."));
        }
        finally
        {
            waiting.TryRemove(number, out _);
        }
    }

    public void Dispose()
    {
        Break(new RpcException(new Status(StatusCode.Unavailable, "The connection was closed.")));
        call.Dispose();
    }

    private async Task Write()
    {
        await foreach (var request in outgoing.Reader.ReadAllAsync())
        {
            // Buffer the message if the next one is ready, so that both go out together.
            call.RequestStream.WriteOptions = outgoing.Reader.TryPeek(out _) ? new WriteOptions(WriteFlags.BufferHint) : null;
            await call.RequestStream.WriteAsync(request);
        }
    }

    private async Task ReadResponses()
    {
        while (await call.ResponseStream.MoveNext(default))
        {
            var response = call.ResponseStream.Current;
            if (waiting.TryGetValue(response.CorrelationId.Structured.LeastSignificantBits, out var waiter)) waiter.TrySetResult(response);
        }

        Break(new RpcException(new Status(StatusCode.Unavailable, "The server ended the call.")));
    }

    private async Task BreakOnFailure(Func<Task> work)
    {
        try
        {
            await work();
        }
        catch (RpcException e)
        {
            Break(e);
        }
        catch (Exception e)
        {
            // A write failed because the call has ended: the reading task reports the reason.
            if (call.ResponseStream is not null && e is InvalidOperationException or ObjectDisposedException) return;
            Break(new RpcException(new Status(StatusCode.Unavailable, "The call failed.", e)));
        }
    }

    private void Break(RpcException reason)
    {
        if (Interlocked.CompareExchange(ref broken, reason, null) is not null) return;
        outgoing.Writer.TryComplete();
        foreach (var response in waiting.Values) response.TrySetException(reason);
    }
}
