using System.Collections.Concurrent;
using System.Threading.Channels;
using EventSourcing.EventStoreDb.Protocol;
using Grpc.Core;

namespace EventSourcing.EventStoreDb;

/// <summary>
/// The one long call over which all appends of this process go to a node. Many are under way at once, and answers come in the order in
/// which the server is done: a number tells which is whose.
/// </summary>
internal sealed class AppendCall : IDisposable
{
    private const int MostWaiting = 1024;

    private readonly AsyncDuplexStreamingCall<BatchAppendReq, BatchAppendResp> call;
    private readonly Channel<BatchAppendReq> outgoing =
        Channel.CreateBounded<BatchAppendReq>(new BoundedChannelOptions(MostWaiting) { SingleReader = true });
    private readonly ConcurrentDictionary<long, TaskCompletionSource<BatchAppendResp>> waiting = new();
    private readonly TimeSpan timeout;
    private readonly TimeProvider clock;
    private RpcException? broken;
    private long last;

    public AppendCall(Streams.StreamsClient streams, Metadata headers, TimeSpan timeout, TimeProvider clock)
    {
        (this.timeout, this.clock) = (timeout, clock);
        call = streams.BatchAppend(headers);
        _ = Watched(Write);
        _ = Watched(ReadAnswers);
    }

    /// <exception cref="RpcException">The call ended, or no answer came in time: what was sent may have been written.</exception>
    public async Task<BatchAppendResp> Send(BatchAppendReq request)
    {
        var number = Interlocked.Increment(ref last);
        request.CorrelationId = new UUID { Structured = new UUID.Types.Structured { LeastSignificantBits = number } };
        var answer = new TaskCompletionSource<BatchAppendResp>(TaskCreationOptions.RunContinuationsAsynchronously);
        waiting[number] = answer;
        try
        {
            if (Volatile.Read(ref broken) is { } ended) throw ended;
            await outgoing.Writer.WriteAsync(request);
            return await answer.Task.WaitAsync(timeout, clock);
        }
        catch (ChannelClosedException)
        {
            throw Volatile.Read(ref broken)!;
        }
        catch (TimeoutException)
        {
            throw new RpcException(new Status(StatusCode.DeadlineExceeded, "No answer to an append came in time."));
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
            // what more is at hand goes out in the same breath
            call.RequestStream.WriteOptions = outgoing.Reader.TryPeek(out _) ? new WriteOptions(WriteFlags.BufferHint) : null;
            await call.RequestStream.WriteAsync(request);
        }
    }

    private async Task ReadAnswers()
    {
        while (await call.ResponseStream.MoveNext(default))
        {
            var answer = call.ResponseStream.Current;
            if (waiting.TryGetValue(answer.CorrelationId.Structured.LeastSignificantBits, out var waiter)) waiter.TrySetResult(answer);
        }

        Break(new RpcException(new Status(StatusCode.Unavailable, "The server ended the call.")));
    }

    private async Task Watched(Func<Task> work)
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
            // a write to a call that has ended: its reader knows why
            if (call.ResponseStream is not null && e is InvalidOperationException or ObjectDisposedException) return;
            Break(new RpcException(new Status(StatusCode.Unavailable, "The call failed.", e)));
        }
    }

    private void Break(RpcException why)
    {
        if (Interlocked.CompareExchange(ref broken, why, null) is not null) return;
        outgoing.Writer.TryComplete();
        foreach (var answer in waiting.Values) answer.TrySetException(why);
    }
}
