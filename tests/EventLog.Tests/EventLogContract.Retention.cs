using EventSourcing;

namespace EventLog.Tests;

public abstract partial class EventLogContract
{
    [Fact]
    public async Task A_removed_stream_reads_as_if_it_never_existed()
    {
        await Append(Stream, Revision.NoStream, Events(3));

        await Log.Remove(Stream, Ct);

        var slice = await Log.Read(Stream, Ct);
        Assert.Equal(Revision.NoStream, slice.Revision);
        Assert.Empty(slice.Events);
    }

    [Fact]
    public async Task Removing_an_unknown_stream_changes_nothing()
    {
        await Log.Remove(Stream, Ct);
        await Log.KeepLast(Stream, 3, Ct);

        Assert.Equal(Revision.NoStream, (await Log.Read(Stream, Ct)).Revision);
    }

    [Fact]
    public async Task A_removed_stream_can_be_started_again()
    {
        await Append(Stream, Revision.NoStream, Events(3));
        await Log.Remove(Stream, Ct);
        var e = Event();

        var appended = await Append(Stream, Revision.NoStream, e);

        var slice = await Log.Read(Stream, Ct);
        Assert.Equal([e.Id], Ids(slice.Events));
        Assert.Equal(slice.Revision, appended.Revision);
        await Append(Stream, appended.Revision, Event());
    }

    [Fact]
    public async Task A_stream_that_was_removed_twice_can_be_read_as_soon_as_it_was_started_again()
    {
        for (var round = 0; round < 3; round++)
        {
            var events = Events(2);
            var appended = await Append(Stream, Revision.NoStream, events);
            Assert.Equal(Ids(events), Ids((await Log.Read(Stream, Ct)).Events));
            await Conflicts(Stream, Revision.NoStream, Event());
            var next = Event();
            await Append(Stream, appended.Revision, next);
            Assert.Equal([.. Ids(events), next.Id], Ids((await Log.Read(Stream, Ct)).Events));
            await Log.Remove(Stream, Ct);
        }
    }

    [Fact]
    public async Task Positions_of_removed_events_are_not_reused()
    {
        var removed = await Append(Stream, Revision.NoStream, Events(3));
        await Log.Remove(Stream, Ct);

        Assert.True(await Log.Head(Ct) >= removed.Position);
        Assert.True((await Append(Stream, Revision.NoStream, Event())).Position > removed.Position);
    }

    [Fact]
    public async Task The_last_events_of_a_stream_can_be_kept_with_their_revisions()
    {
        await Append(Stream, Revision.NoStream, Events(10));

        await Log.KeepLast(Stream, 3, Ct);

        var slice = await Log.Read(Stream, Ct);
        Assert.Equal(9, slice.Revision);
        Assert.Equal([7L, 8, 9], slice.Events.Select(e => e.Revision));
        await Conflicts(Stream, Revision.NoStream, Event());
        Assert.Equal(10, (await Append(Stream, 9, Event())).Revision);
    }

    [Fact]
    public async Task Keeping_more_than_there_is_changes_nothing()
    {
        await Append(Stream, Revision.NoStream, Events(2));

        await Log.KeepLast(Stream, 5, Ct);

        Assert.Equal([0L, 1], (await Log.Read(Stream, Ct)).Events.Select(e => e.Revision));
    }

    [Fact]
    public Task Keeping_no_events_is_an_argument_error() =>
        Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => Log.KeepLast(Stream, 0, Ct));

    [Fact]
    public async Task A_repeated_append_returns_the_first_result_if_its_events_were_kept()
    {
        await Append(Stream, Revision.NoStream, Events(5));
        var events = Events(2);
        var first = await Append(Stream, 4, events);

        await Log.KeepLast(Stream, 2, Ct);

        Assert.Equal(first, await Append(Stream, 4, events));
    }

    [Fact]
    public async Task A_subscriber_skips_removed_events()
    {
        var after = await Log.Head(Ct);
        await Append($"{Category}-removed", Revision.NoStream, Events(4));
        await Append($"{Category}-trimmed", Revision.NoStream, Events(4));
        await Append($"{Category}-whole", Revision.NoStream, Events(2));
        await Log.Remove($"{Category}-removed", Ct);
        await Log.KeepLast($"{Category}-trimmed", 1, Ct);

        var taken = await Take(3, after, Category);

        Assert.Equal(
            [($"{Category}-trimmed", 3L), ($"{Category}-whole", 0), ($"{Category}-whole", 1)],
            taken.Select(e => (e.Stream, e.Revision)));
    }

    [Fact]
    public async Task A_waiting_subscriber_continues_after_a_removal()
    {
        var removed = false;
        await Append($"{Category}-removed", Revision.NoStream, Event());
        await foreach (var batch in Log.Subscribe([Category], await Log.Head(Ct), Ct))
        {
            if (batch.Events.Any(e => e.Stream == Stream)) return;
            if (removed || !batch.CaughtUp) continue;
            removed = true;
            await Log.Remove($"{Category}-removed", Ct);
            await Append(Stream, Revision.NoStream, Event());
        }
    }
}
