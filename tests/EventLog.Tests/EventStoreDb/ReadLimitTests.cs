using System.Net;
using System.Net.Sockets;
using EventSourcing;
using EventSourcing.EventStoreDb;
using Grpc.Core;
using Microsoft.Extensions.Time.Testing;
using TestServers;

namespace EventLog.Tests.EventStoreDb;

/// <summary>Calls of somebody who waits for an answer, while the server is away.</summary>
public sealed class ReadLimitTests : EventStoreDbFixture
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(3);

    private readonly FakeTimeProvider clock = new();

    [Fact]
    public async Task A_call_to_a_silent_server_fails_after_its_limit_and_later_ones_at_once()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start(); // the system accepts connections, and nobody answers
        await using var log = Open(silent);

        await Fails(Limited(log), "A pending append may have been written.");
        var looks = Limited(log);
        for (var i = 0; i < 3; i++) await FailsAtOnce(Limited(log), "is still away");
        Assert.False(looks.IsCompleted);
        await Fails(looks, "is still away");
        Assert.True(log.IsAway);
        var next = Limited(log);
        await FailsAtOnce(Limited(log), "is still away");
        await Fails(next, "is still away");
    }

    [Fact]
    public async Task A_call_to_a_server_that_is_not_there_fails_after_its_limit_and_later_ones_at_once()
    {
        using var absent = new TcpListener(IPAddress.Loopback, 0);
        absent.Start();
        await using var log = Open(absent);
        absent.Stop();

        await Fails(Limited(log), "did not respond for 3 seconds");
        for (var i = 0; i < 3; i++) await FailsAtOnce(Limited(log), "is still away");
    }

    [Fact]
    public async Task An_append_to_a_silent_server_fails_after_its_limit()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        await using var log = Open(silent);

        await Fails(Limited(() => log.Append("s-1", Revision.NoStream, [Event()], Ct)), "A pending append may have been written.");
    }

    [Fact]
    public async Task Calls_succeed_as_soon_as_the_server_is_back()
    {
        var server = await Prepare();
        await using var log = Open(server.Connection, clock);
        await Fails(Limited(log), "did not respond for 3 seconds");

        await server.Start();

        Assert.Empty((await Limited(log)).Events);
        Assert.False(log.IsAway);
        Assert.Empty((await Limited(log)).Events);
    }

    [Fact]
    public async Task A_call_without_a_limit_outlasts_the_outage()
    {
        var server = await Prepare();
        await using var log = Open(server.Connection, clock);
        await Fails(Limited(log), "did not respond for 3 seconds");
        var patient = log.Append("s-1", Revision.NoStream, [Event()], Ct);

        await server.Start();

        Assert.Equal(0, (await Advance(patient)).Revision);
        Assert.Single((await Limited(log)).Events);
    }

    [Fact]
    public void One_slow_call_is_no_outage_while_others_succeed()
    {
        var outage = new Outage(ConnectionString.Parse("esdb://node?tls=false"), clock, Logger);
        var before = outage.Successes;
        outage.End();
        outage.WaitedOut(new RpcException(new Status(StatusCode.DeadlineExceeded, "slow")), before);
        Assert.False(outage.Lasts(Limit));
        outage.WaitedOut(new RpcException(new Status(StatusCode.DeadlineExceeded, "slow")), outage.Successes);
        Assert.True(outage.Lasts(Limit));
        outage.End();
        Assert.False(outage.Lasts(Limit));
    }

    [Fact]
    public async Task A_subscription_that_is_not_answered_does_not_end_the_outage()
    {
        var server = await Prepare();
        await using var log = Open(server.Connection, clock);
        await Fails(Limited(log), "did not respond for 3 seconds");
        await using var batches = log.Subscribe(["s-"], Position.Start, Ct).GetAsyncEnumerator(Ct);
        var next = batches.MoveNextAsync().AsTask();
        for (var i = 0; i < 10; i++)
        {
            clock.Advance(TimeSpan.FromMilliseconds(500));
            await FailsAtOnce(Limited(log), "is still away");
        }

        await server.Start();
        Assert.True(await Advance(next));
    }

    [Fact]
    public async Task A_cancelled_call_is_cancelled_and_not_unreachable()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        await using var log = Open(silent);
        using var caller = new CancellationTokenSource();
        var read = Limited(() => log.Read("s-1", caller.Token));
        await caller.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => read);
    }

    [Fact]
    public async Task A_subscription_goes_on_after_the_limit()
    {
        var server = await Launch();
        await using var log = Open(server.Connection, clock);
        await using var batches = log.Subscribe(["s-"], Position.Start, Ct).GetAsyncEnumerator(Ct);
        using (ReadLimit.Set(Limit)) Assert.True((await Next(batches)).CaughtUp);
        clock.Advance(Limit * 2);

        await log.Append("s-1", Revision.NoStream, [Event()], Ct);

        for (var found = 0; found == 0;) found = (await Next(batches)).Events.Count;
    }

    private Task<StreamSlice> Limited(EventStoreDbEventLog log) => Limited(() => log.Read("s-1", Ct));

    private static async Task<T> Limited<T>(Func<Task<T>> call)
    {
        using (ReadLimit.Set(Limit)) return await call();
    }

    private async Task<LogBatch> Next(IAsyncEnumerator<LogBatch> batches)
    {
        Assert.True(await Advance(batches.MoveNextAsync().AsTask()));
        return batches.Current;
    }

    private async Task Fails<T>(Task<T> call, string words) =>
        Assert.Contains(
            words, (await Assert.ThrowsAsync<EventStoreDbUnreachableException>(() => Advance(call))).Message, StringComparison.Ordinal);

    /// <summary>Fails without any time passing.</summary>
    private async Task FailsAtOnce(Task<StreamSlice> call, string words) => Assert.Contains(
        words, (await Assert.ThrowsAsync<EventStoreDbUnreachableException>(() => call.WaitAsync(Ct))).Message, StringComparison.Ordinal);

    private EventStoreDbEventLog Open(TcpListener listener) =>
        Open($"esdb://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}?tls=false", clock);

    private EventStoreDbEventLog Open(string connection, TimeProvider time) => EventStoreDbEventLog.Open(connection, time, Logger);

    /// <summary>Lets time pass until the call ends.</summary>
    private async Task<T> Advance<T>(Task<T> call)
    {
        await Until.Holds(() =>
        {
            clock.Advance(TimeSpan.FromMilliseconds(500));
            return call.IsCompleted;
        }, "the call ends");
        return await call;
    }
}
