using EventSourcing;

namespace EventLog.Tests;

/// <summary>Guarantees of this log beyond the contract.</summary>
public sealed class SqliteEventLogTests : SqliteFolder
{
    [Fact]
    public async Task Completed_appends_exist_after_the_log_is_reopened()
    {
        await Fill("s-1", 3);
        using var log = Open();

        Assert.Equal([0L, 1, 2], (await log.Read("s-1", Ct)).Events.Select(e => e.Revision));
        Assert.Equal(3, await log.Head(Ct));
        Assert.Equal(4, (await log.Append("s-1", 2, [Event()], Ct)).Position);
    }

    [Fact]
    public async Task Positions_count_from_one_without_gaps_and_conflicts_use_none()
    {
        using var log = Open();
        var appends = Enumerable.Range(0, 200).Select(n => Task.Run(() => log.Append($"s-{n / 2}", Revision.NoStream, [Event(), Event()], Ct)));
        var answers = await Task.WhenAll(appends.Select(async a => await a.ContinueWith(t => t.IsCompletedSuccessfully, TaskScheduler.Default)));

        Assert.Equal(100, answers.Count(a => a));
        Assert.Equal(200, await log.Head(Ct));
        Assert.Equal(Enumerable.Range(1, 200).Select(n => (long)n), (await All(log)).Select(e => e.Position));
    }

    [Fact]
    public async Task Positions_are_not_reused_after_the_end_was_removed_and_the_log_reopened()
    {
        await Fill("s-1", 3);
        using (var log = Open()) await log.Remove("s-1", Ct);
        using var again = Open();

        Assert.Equal(3, await again.Head(Ct));
        Assert.Equal(4, (await again.Append("s-2", Revision.NoStream, [Event()], Ct)).Position);
    }

    [Fact]
    public async Task A_subscriber_far_behind_reads_the_file_and_then_memory()
    {
        using var log = Open();
        for (var n = 0; n < 10; n++) await log.Append($"s-{n}", Revision.NoStream, [.. Enumerable.Range(0, 1000).Select(_ => Event())], Ct);

        Assert.Equal(Enumerable.Range(1, 10_000).Select(n => (long)n), (await All(log)).Select(e => e.Position));
    }

    [Fact]
    public async Task A_reader_of_another_log_gets_an_error()
    {
        using var log = Open();
        await Assert.ThrowsAsync<InvalidOperationException>(async () =>
        {
            await foreach (var _ in log.Subscribe([], 5, Ct))
            {
            }
        });
    }

    [Fact]
    public async Task A_closed_log_rejects_calls_and_ends_its_subscriptions()
    {
        var log = Open();
        var subscription = log.Subscribe([], Position.Start, Ct).GetAsyncEnumerator(Ct);
        Assert.True(await subscription.MoveNextAsync());
        var waiting = subscription.MoveNextAsync().AsTask();

        log.Dispose();

        await Assert.ThrowsAsync<ObjectDisposedException>(() => waiting);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => log.Append("s-1", Revision.NoStream, [Event()], Ct));
        await Assert.ThrowsAsync<ObjectDisposedException>(() => log.Read("s-1", Ct));
        await subscription.DisposeAsync();
    }

    [Fact]
    public async Task A_cancelled_append_reports_whether_it_was_written()
    {
        using var log = Open();
        var written = await Task.WhenAll(Enumerable.Range(0, 500).Select(n => Task.Run(async () =>
        {
            using var cancelled = new CancellationTokenSource();
            var append = log.Append($"s-{n}", Revision.NoStream, [Event()], cancelled.Token);
            if (n % 2 == 0) await cancelled.CancelAsync();
            try
            {
                await append;
                return true;
            }
            catch (OperationCanceledException)
            {
                return false;
            }
        })));

        for (var n = 0; n < written.Length; n++) Assert.Equal(written[n], (await log.Read($"s-{n}", Ct)).Events.Count == 1);
        Assert.All(written.Where((_, n) => n % 2 == 1), Assert.True);
        Assert.Equal(written.Count(w => w), await log.Head(Ct));
    }
}
