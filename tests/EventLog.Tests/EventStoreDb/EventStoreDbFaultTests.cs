using EventSourcing;
using Microsoft.Extensions.Logging;
using TestServers;

namespace EventLog.Tests.EventStoreDb;

/// <summary>Appends and readers while the server stops and starts.</summary>
public sealed class EventStoreDbFaultTests : EventStoreDbFixture
{
    private const int Writers = 16;

    [Fact]
    public async Task Every_append_completes_once_while_the_server_is_killed_and_restarted()
    {
        var server = await LaunchProcess();
        var log = Open(server.Connection);
        var (stop, answered) = (false, 0);
        var writers = Enumerable.Range(0, Writers).Select(w => Task.Run(() => Write(log, $"s-{w}", () =>
        {
            Interlocked.Increment(ref answered);
            return !Volatile.Read(ref stop);
        }))).ToArray();
        for (var round = 0; round < 3; round++)
        {
            var before = Volatile.Read(ref answered);
            await Until.Holds(() => Volatile.Read(ref answered) > before + 200, "appends continue");
            await server.Stop();
            await server.Start();
        }

        Volatile.Write(ref stop, true);
        var written = await Task.WhenAll(writers);

        for (var w = 0; w < Writers; w++)
            Assert.Equal(written[w], (await log.Read($"s-{w}", Ct)).Events.Select(e => e.Id));
        Assert.NotEmpty(Logged.At(LogLevel.Warning));
    }

    [Fact]
    public async Task An_append_with_an_unknown_outcome_is_repeated_and_written_once()
    {
        var server = await Launch("--time-out-every", "2");
        var log = Open(server.Connection);
        var left = 40;

        var written = await Write(log, "s-1", () => left-- > 0);

        Assert.Equal(80, written.Count);
        Assert.Equal(written, (await log.Read("s-1", Ct)).Events.Select(e => e.Id));
    }

    [Fact]
    public async Task A_subscriber_resumes_after_its_last_event_when_the_server_returns()
    {
        var server = await LaunchProcess();
        var log = Open(server.Connection);
        var seen = new List<long>();
        for (var n = -1L; n < 9; n++) await log.Append("s-1", n, [Event()], Ct);

        await foreach (var batch in log.Subscribe(["s-"], Position.Start, Ct))
        {
            seen.AddRange(batch.Events.Select(e => e.Revision));
            if (seen.Count == 20) break;
            if (seen.Count != 10 || !batch.CaughtUp) continue;
            await server.Stop();
            await server.Start();
            for (var n = 9L; n < 19; n++) await log.Append("s-1", n, [Event()], Ct);
        }

        Assert.Equal(Enumerable.Range(0, 20).Select(n => (long)n), seen);
    }

    [Fact]
    public async Task The_log_waits_for_an_unavailable_server_and_logs_that_without_the_password()
    {
        var server = await Prepare("--user", "some", "--password", "hunter2");
        var log = Open($"esdb://some:hunter2@127.0.0.1:{server.Port}?tls=false");
        var reached = log.Reach(Ct);
        await Until.Holds(() => Logged.At(LogLevel.Warning).Any(), "a warning is logged");
        Assert.False(reached.IsCompleted);

        await server.Start();
        await reached;

        var warning = Assert.Single(Logged.At(LogLevel.Warning));
        Assert.Contains($"127.0.0.1:{server.Port} is unavailable", warning, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", warning, StringComparison.Ordinal);
        Assert.Contains("is available again", Assert.Single(Logged.At(LogLevel.Information)), StringComparison.Ordinal);
        await log.Append("s-1", Revision.NoStream, [Event()], Ct);
    }

    [Fact]
    public async Task A_wait_for_a_server_can_be_cancelled()
    {
        var server = await Prepare();
        var log = Open(server.Connection);
        using var cancelled = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        var append = log.Append("s-1", Revision.NoStream, [Event()], cancelled.Token);
        await Until.Holds(() => Logged.At(LogLevel.Warning).Any(), "a warning is logged");

        await cancelled.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => append);
    }

    [Fact]
    public async Task An_append_above_the_server_limit_is_rejected_with_the_limit()
    {
        var log = Open((await Launch()).Connection);

        var refused = await Assert.ThrowsAsync<InvalidOperationException>(
            () => log.Append("s-1", Revision.NoStream, [Event() with { Data = new byte[2 << 20] }], Ct));

        Assert.Contains("MaxAppendSize of 1048576 bytes", refused.Message, StringComparison.Ordinal);
        await log.Append("s-1", Revision.NoStream, [Event()], Ct);
    }

    [Fact]
    public async Task A_reader_far_behind_gets_all_events_in_order_and_its_position_follows()
    {
        var log = Open((await Launch()).Connection);
        for (var n = 0; n < 40; n++) await log.Append($"s-{n}", Revision.NoStream, [.. Enumerable.Range(0, 100).Select(_ => Event())], Ct);
        var positions = new List<long>();

        await foreach (var batch in log.Subscribe(["s-"], Position.Start, Ct))
        {
            Assert.InRange(batch.Events.Count, 0, 512);
            positions.AddRange(batch.Events.Select(e => e.Position));
            if (positions.Count == 4000) break;
        }

        Assert.Equal(positions.Order().Distinct(), positions);
    }

    [Fact]
    public async Task A_closed_log_rejects_calls_and_ends_its_subscriptions()
    {
        var log = Open((await Launch()).Connection);
        var subscription = log.Subscribe([], Position.Start, Ct).GetAsyncEnumerator(Ct);
        Assert.True(await subscription.MoveNextAsync());
        var waiting = subscription.MoveNextAsync().AsTask();

        log.Dispose();

        await Assert.ThrowsAsync<ObjectDisposedException>(() => waiting);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => log.Append("s-1", Revision.NoStream, [Event()], Ct));
        await subscription.DisposeAsync();
    }
}
