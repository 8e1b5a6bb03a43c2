using EventSourcing;

namespace EventLog.Tests;

public abstract partial class EventLogContract
{
    [Fact]
    public async Task A_subscriber_gets_existing_events_and_then_new_ones()
    {
        var after = await Log.Head(Ct);
        NewEvent[] there = Events(3);
        NewEvent[] comes = Events(2);
        await Append(Stream, Revision.NoStream, there);
        var seen = new List<RecordedEvent>();

        await foreach (var batch in Log.Subscribe([Category], after, Ct))
        {
            seen.AddRange(batch.Events);
            if (seen.Count == 3 && batch.CaughtUp) await Append(Stream, 2, comes);
            if (seen.Count == 5) break;
        }

        Assert.Equal(Ids([.. there, .. comes]), Ids(seen));
        Assert.Equal((await Log.Read(Stream, Ct)).Events.Select(Comparable), seen.Select(Comparable));
    }

    [Fact]
    public async Task A_subscriber_starts_after_its_position()
    {
        await Append(Stream, Revision.NoStream, Events(5));
        var events = (await Log.Read(Stream, Ct)).Events;

        var taken = await Take(3, events[1].Position, Category);

        Assert.Equal(Ids(events.Skip(2)), Ids(taken));
    }

    [Fact]
    public async Task A_subscriber_sees_only_streams_with_its_prefixes()
    {
        var after = await Log.Head(Ct);
        await Append($"{Category}a-1", Revision.NoStream, Event());
        await Append($"{Category}b-1", Revision.NoStream, Event());
        await Append($"{Category}c-1", Revision.NoStream, Event());
        await Append($"{Category}a-2", Revision.NoStream, Event());

        var taken = await Take(3, after, $"{Category}a-", $"{Category}c-");

        Assert.Equal([$"{Category}a-1", $"{Category}c-1", $"{Category}a-2"], taken.Select(e => e.Stream));
    }

    [Fact]
    public async Task A_prefix_is_compared_literally()
    {
        var after = await Log.Head(Ct);
        await Append($"{Category}_%A-1", Revision.NoStream, Event());
        await Append($"{Category}_%a-1", Revision.NoStream, Event());

        Assert.Equal([$"{Category}_%a-1"], (await Take(1, after, $"{Category}_%a")).Select(e => e.Stream));
    }

    [Fact]
    public async Task A_subscriber_without_a_prefix_sees_every_stream()
    {
        var after = await Log.Head(Ct);
        string[] streams = [$"{Category}-1", $"other{Category}-1"];
        foreach (var stream in streams) await Append(stream, Revision.NoStream, Event());
        var seen = new List<string>();

        await foreach (var batch in Log.Subscribe([], after, Ct))
        {
            seen.AddRange(batch.Events.Select(e => e.Stream).Where(streams.Contains));
            if (seen.Count == 2) break;
        }

        Assert.Equal(streams, seen);
    }

    [Fact]
    public async Task A_subscriber_with_nothing_to_read_learns_that_it_has_caught_up()
    {
        var head = await Log.Head(Ct);

        await foreach (var batch in Log.Subscribe([Category], head, Ct))
        {
            Assert.Empty(batch.Events);
            Assert.True(batch.Position >= head);
            if (batch.CaughtUp) return;
        }
    }

    [Fact]
    public async Task Events_of_other_streams_move_a_quiet_subscriber()
    {
        var after = await Log.Head(Ct);
        var goal = 0L;

        await foreach (var batch in Log.Subscribe([$"{Category}-quiet"], after, Ct))
        {
            Assert.Empty(batch.Events);
            if (goal > 0 && batch.Position >= goal) return;
            if (goal == 0 && batch.CaughtUp) goal = (await Append(Stream, Revision.NoStream, Event())).Position;
        }
    }

    [Fact]
    public async Task A_batch_ends_at_or_after_its_last_event_and_batches_never_go_back()
    {
        var position = await Log.Head(Ct);
        for (var n = -1; n < 20; n++) await Append(Stream, n, Event());
        var seen = 0;

        await foreach (var batch in Log.Subscribe([Category], position, Ct))
        {
            Assert.True(batch.Position >= position);
            Assert.All(batch.Events, e => Assert.InRange(e.Position, position + 1, batch.Position));
            position = batch.Position;
            if ((seen += batch.Events.Count) == 21) return;
        }
    }

    [Fact]
    public async Task A_cancelled_subscription_ends_at_once_even_while_waiting()
    {
        using var cancelled = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (var batch in Log.Subscribe([Category], await Log.Head(Ct), cancelled.Token))
            {
                if (batch.CaughtUp) cancelled.CancelAfter(TimeSpan.FromMilliseconds(1));
            }
        });
        Assert.False(Ct.IsCancellationRequested);
    }

    [Fact]
    public async Task A_reader_that_resumes_from_a_batch_position_misses_and_repeats_nothing()
    {
        var position = await Log.Head(Ct);
        var seen = new List<RecordedEvent>();
        for (var round = 0; round < 10; round++)
        {
            await Append(Stream, (round * 3) - 1, Events(3));
            await foreach (var batch in Log.Subscribe([Category], position, Ct))
            {
                seen.AddRange(batch.Events);
                position = batch.Position;
                if (batch.Events.Count > 0) break;
            }
        }

        seen.AddRange(seen.Count < 30 ? await Take(30 - seen.Count, position, Category) : []);
        Assert.Equal(Revisions(30), seen.Select(e => e.Revision));
    }

    [Fact]
    public async Task No_event_is_missing_repeated_or_out_of_order_while_64_writers_append()
    {
        const int writers = 64, appends = 25;
        var after = await Log.Head(Ct);
        var all = writers * appends;
        Task<List<RecordedEvent>>[] subscribers =
        [
            .. Enumerable.Range(0, 3).Select(_ => Task.Run(() => Take(all, after, Category))),
            Task.Run(() => Take(all / 2, after, $"{Category}-even"))
        ];

        await Task.WhenAll(Enumerable.Range(0, writers).Select(w => Task.Run(async () =>
        {
            for (var n = 0; n < appends; n++) await Append($"{Category}-{(w % 2 == 0 ? "even" : "odd")}{w}", n - 1, Event());
        })));

        foreach (var seen in await Task.WhenAll(subscribers))
        {
            Assert.Equal(seen.Select(e => e.Position).Order().Distinct(), seen.Select(e => e.Position));
            Assert.All(seen.GroupBy(e => e.Stream), s => Assert.Equal(Revisions(appends), s.Select(e => e.Revision)));
        }
    }

    private static IEnumerable<long> Revisions(int count) => Enumerable.Range(0, count).Select(n => (long)n);

    private static object Comparable(RecordedEvent e) => (
        e.Stream, e.Revision, e.Position, e.Id, e.Type, Convert.ToHexString(e.Data.Span), Convert.ToHexString(e.Metadata.Span), e.At);
}
