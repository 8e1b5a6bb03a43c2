using EventSourcing;

namespace EventLog.Tests;

public abstract partial class EventLogContract
{
    [Fact]
    public async Task An_unknown_stream_is_empty_and_at_no_stream()
    {
        var slice = await Log.Read(Stream, Ct);

        Assert.Equal(Stream, slice.Stream);
        Assert.Equal(Revision.NoStream, slice.Revision);
        Assert.Empty(slice.Events);
    }

    [Fact]
    public async Task Appended_events_are_read_back_exactly()
    {
        byte[] bytes = [0, 255, 1, 254, 0];
        var e = new NewEvent(Guid.CreateVersion7(), "something-happened", bytes, new byte[] { 7 });
        var plain = new NewEvent(Guid.NewGuid(), "zażółć-✓", "{}"u8.ToArray(), ReadOnlyMemory<byte>.Empty);

        var appended = await Append(Stream, Revision.NoStream, e, plain);

        var slice = await Log.Read(Stream, Ct);
        Assert.Equal(1, slice.Revision);
        Assert.Equal([e.Id, plain.Id], Ids(slice.Events));
        var first = slice.Events[0];
        Assert.Equal((Stream, 0, "something-happened"), (first.Stream, first.Revision, first.Type));
        Assert.Equal(bytes, first.Data.ToArray());
        Assert.Equal([7], first.Metadata.ToArray());
        Assert.Equal("zażółć-✓", slice.Events[1].Type);
        Assert.Empty(slice.Events[1].Metadata.ToArray());
        Assert.Equal(new Appended(slice.Events[1].Revision, slice.Events[1].Position), appended);
        Assert.NotEqual(default, first.At);
    }

    [Fact]
    public async Task A_large_event_is_read_back_exactly()
    {
        var large = Event() with { Data = Enumerable.Range(0, 500_000).Select(n => (byte)(n * 31)).ToArray() };

        await Append(Stream, Revision.NoStream, large);

        Assert.Equal(large.Data.ToArray(), (await Log.Read(Stream, Ct)).Events[0].Data.ToArray());
    }

    [Fact]
    public async Task Revisions_count_from_zero_and_positions_grow()
    {
        var first = await Append(Stream, Revision.NoStream, Events(2));
        var other = await Append($"{Category}-2", Revision.NoStream, Event());
        var second = await Append(Stream, 1, Events(3));

        var events = (await Log.Read(Stream, Ct)).Events;
        Assert.Equal([0L, 1, 2, 3, 4], events.Select(e => e.Revision));
        Assert.Equal(events.Select(e => e.Position).Order().Distinct(), events.Select(e => e.Position));
        Assert.Equal((1L, 4L), (first.Revision, second.Revision));
        Assert.True(first.Position < other.Position && other.Position < second.Position);
        Assert.True(events[0].Position > Position.Start);
    }

    [Fact]
    public Task An_append_without_events_is_an_argument_error() =>
        Assert.ThrowsAsync<ArgumentException>(() => Append(Stream, Revision.NoStream));

    [Fact]
    public async Task A_stale_revision_is_rejected_and_nothing_is_written()
    {
        await Append(Stream, Revision.NoStream, Events(2));

        await Conflicts(Stream, Revision.NoStream, Event());
        await Conflicts(Stream, 0, Event());

        Assert.Equal(2, (await Log.Read(Stream, Ct)).Events.Count);
    }

    [Fact]
    public async Task A_future_revision_is_rejected()
    {
        await Conflicts(Stream, 0, Event());
        await Append(Stream, Revision.NoStream, Event());
        await Conflicts(Stream, 1, Event());
        await Conflicts(Stream, 7, Event());
    }

    [Fact]
    public async Task Minus_two_does_not_mean_any_revision()
    {
        await Append(Stream, Revision.NoStream, Event());
        await Conflicts(Stream, -2, Event());
    }

    [Fact]
    public async Task A_conflict_names_the_stream_and_the_revision()
    {
        var conflict = await Assert.ThrowsAsync<StreamConflictException>(() => Append(Stream, 4, Event()));
        Assert.Equal((Stream, 4L), (conflict.Stream, conflict.Expected));
    }

    [Fact]
    public async Task A_repeated_append_returns_the_first_result()
    {
        var events = Events(3);
        var first = await Append(Stream, Revision.NoStream, events);

        Assert.Equal(first, await Append(Stream, Revision.NoStream, events));
        Assert.Equal(3, (await Log.Read(Stream, Ct)).Events.Count);
    }

    [Fact]
    public async Task A_repeated_append_returns_the_first_result_also_after_later_appends()
    {
        await Append(Stream, Revision.NoStream, Event());
        var events = Events(2);
        var first = await Append(Stream, 0, events);
        await Append(Stream, 2, Event());
        await Append(Stream, 3, Events(2));

        Assert.Equal(first, await Append(Stream, 0, events));
        Assert.Equal(6, (await Log.Read(Stream, Ct)).Events.Count);
    }

    [Fact]
    public async Task An_append_that_differs_from_the_first_is_a_conflict()
    {
        NewEvent[] e = Events(3);
        await Append(Stream, Revision.NoStream, e);

        await Conflicts(Stream, Revision.NoStream, Events(3));
        await Conflicts(Stream, Revision.NoStream, e[0], e[1], Event());
        await Conflicts(Stream, Revision.NoStream, Event(), e[1], e[2]);
        await Conflicts(Stream, Revision.NoStream, e[0], e[2], e[1]);
        await Conflicts(Stream, Revision.NoStream, [.. e, Event()]);
        await Conflicts(Stream, 0, e);
        await Conflicts(Stream, 1, e);

        Assert.Equal(Ids(e), Ids((await Log.Read(Stream, Ct)).Events));
    }

    [Fact]
    public async Task A_part_of_an_earlier_append_is_a_conflict()
    {
        NewEvent[] e = Events(3);
        await Append(Stream, Revision.NoStream, e);

        await Conflicts(Stream, Revision.NoStream, e[0]);
        await Conflicts(Stream, Revision.NoStream, e[0], e[1]);
        await Conflicts(Stream, 0, e[1], e[2]);
    }

    [Fact]
    public async Task Exactly_one_of_many_concurrent_writers_wins()
    {
        for (var round = 0; round < 50; round++)
        {
            var stream = $"{Category}-{round}";
            var attempts = Enumerable.Range(0, 4).Select(_ => Task.Run(() => Wins(stream, Event())));

            Assert.Single(await Task.WhenAll(attempts), won => won);
            Assert.Single((await Log.Read(stream, Ct)).Events);
        }
    }

    [Fact]
    public async Task Two_concurrent_copies_of_an_append_are_written_once()
    {
        for (var round = 0; round < 50; round++)
        {
            var stream = $"{Category}-{round}";
            var events = Events(2);

            var answers = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => Append(stream, Revision.NoStream, events))));

            Assert.Single(answers.Distinct());
            Assert.Equal(2, (await Log.Read(stream, Ct)).Events.Count);
        }
    }

    [Fact]
    public async Task An_append_cancelled_before_it_began_is_not_written()
    {
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => Log.Append(Stream, Revision.NoStream, Events(1), new CancellationToken(canceled: true)));

        Assert.Equal(Revision.NoStream, (await Log.Read(Stream, Ct)).Revision);
    }

    [Fact]
    public async Task The_head_is_never_before_a_completed_append()
    {
        var before = await Log.Head(Ct);
        var appended = await Append(Stream, Revision.NoStream, Events(2));

        var head = await Log.Head(Ct);
        Assert.True(before < appended.Position && head >= appended.Position);
    }

    private async Task<bool> Wins(string stream, NewEvent e)
    {
        try
        {
            await Append(stream, Revision.NoStream, e);
            return true;
        }
        catch (StreamConflictException)
        {
            return false;
        }
    }
}
