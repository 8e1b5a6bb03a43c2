using System.Net.Sockets;
using Connections.Connectors.Relays;

namespace Connectors.Tests.Databases;

public sealed class CallLimitTests
{
    // Far more than the thread pool has threads, and than it adds within the limit.
    private const int Calls = 100;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    [Fact]
    public async Task Drivers_that_block_in_a_cancellation_do_not_stop_the_thread_pool()
    {
        using var cancelled = new CancellationTokenSource();
        using var answered = new ManualResetEventSlim();
        using var all = new CountdownEvent(Calls);
        await using var relay = Relay();
        var limits = Enumerable.Range(0, Calls).Select(_ => new CallLimit(relay, Limit, TimeProvider.System, cancelled.Token)).ToList();
        foreach (var limit in limits)
            limit.Token.Register(() =>
            {
                all.Signal();
                answered.Wait();
            });

        await cancelled.CancelAsync();
        try
        {
            Assert.True(await Task.Run(() => true).WaitAsync(Limit, TimeProvider.System));
            await Eventually.Holds(() => all.IsSet, "each driver is told of the cancellation");
        }
        finally
        {
            answered.Set();
            limits.ForEach(limit => limit.Dispose());
        }
    }

    [Fact]
    public async Task A_driver_that_fails_in_a_cancellation_does_not_end_the_process()
    {
        using var cancelled = new CancellationTokenSource();
        using var told = new ManualResetEventSlim();
        await using var relay = Relay();
        using var limit = new CallLimit(relay, TimeSpan.Zero, TimeProvider.System, cancelled.Token);
        limit.Token.Register(() =>
        {
            told.Set();
            throw new IOException("The driver could not send the cancellation.");
        });
        await cancelled.CancelAsync();
        await Eventually.Holds(() => told.IsSet && limit.Token.IsCancellationRequested, "the driver is told of the cancellation");
    }

    private static Relay Relay() => new(new Line(new Socket(SocketType.Stream, ProtocolType.Tcp), Stream.Null), new NoWire());

    private sealed class NoWire : IWire
    {
        public Task<Line> Dial(CancellationToken ct) => throw new NotSupportedException();

        public Task<(Stream Near, Stream Far)> Begin(Stream near, Line far, bool first, CancellationToken ct) => throw new NotSupportedException();

        public IWireGuard Guard() => throw new NotSupportedException();
    }
}
