using Connections.Domain;
using Connections.Domain.Activity;
using Connections.Domain.Connection;
using Worker.Tests.Harness;

namespace Worker.Tests.Waiting;

public abstract class ReleaseContract(RowStore store) : IAsyncLifetime
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private WakerScenario room = null!;

    private EventWriter Story => room.Story;

    public async ValueTask InitializeAsync() => room = await WakerScenario.Open(store);

    public ValueTask DisposeAsync() => room.DisposeAsync();

    [Fact]
    public async Task An_activity_that_waits_for_a_time_is_sent_then_and_not_before()
    {
        var connection = await Story.Connected("Shop");
        var id = await Story.New(
            Story.Over(connection), EventWriter.Deferred(FailureKind.Throttled, connection, until: room.Clock.GetUtcNow() + TimeSpan.FromSeconds(30)));

        Assert.Empty(await room.RoundAfter(TimeSpan.FromSeconds(29)));
        Assert.Equal([id], await room.RoundAfter(Second));
    }

    [Fact]
    public async Task A_reconnect_releases_waiting_activities_oldest_first_up_to_the_limit()
    {
        var connection = await Dead("Shop");
        var waiting = await Waiting(25, connection);
        Assert.Empty(await room.Round());

        await Story.Connection(connection, EventWriter.Reconnected(2));
        Assert.Equal(waiting.Take(10), await room.Round());
        Assert.Empty(await room.RoundAfter(Second));

        await Run(waiting[3], connection, 2);
        await Run(waiting[4], connection, 2);
        Assert.Equal(waiting[10..12], await room.Round());
    }

    [Fact]
    public async Task An_activity_rejected_before_and_deferred_after_the_reconnect_is_due_immediately()
    {
        var connection = await Dead("Shop");
        var id = await Story.New(Story.Over(connection));
        await Story.Connection(connection, EventWriter.Reconnected(2));
        await Story.Activity(id, EventWriter.Deferred(FailureKind.ReauthRequired, connection, version: 1));

        Assert.Equal([id], await room.Round());
    }

    [Fact]
    public async Task An_activity_rejected_with_the_new_credentials_waits_for_the_next_reconnect()
    {
        var connection = await Dead("Shop");
        var id = (await Waiting(1, connection))[0];
        await Story.Connection(connection, EventWriter.Reconnected(2));
        Assert.Equal([id], await room.Round());

        await Story.Activity(id, Story.Started(1, connection, 2), EventWriter.Deferred(FailureKind.ReauthRequired, connection, 2, attempts: 1));
        Assert.Empty(await room.RoundAfter(Second));
        await Story.Connection(connection, new ConnectionReauthRequired("no", 2));
        Assert.Empty(await room.RoundAfter(TimeSpan.FromHours(2)));
        await Story.Connection(connection, EventWriter.Reconnected(3));
        Assert.Equal([id], await room.Round());
    }

    [Fact]
    public async Task A_connection_that_is_rejected_again_keeps_the_rest_waiting_until_the_next_reconnect_releases_it_oldest_first()
    {
        var connection = await Dead("Shop");
        var waiting = await Waiting(50, connection);
        await Story.Connection(connection, EventWriter.Reconnected(2));
        foreach (var id in await room.Round())
            await Story.Activity(id, Story.Started(1, connection, 2), EventWriter.Deferred(FailureKind.ReauthRequired, connection, 2, attempts: 1));
        await Story.Connection(connection, new ConnectionReauthRequired("no", 2));

        for (var minute = 0; minute < 60; minute++) Assert.Empty(await room.RoundAfter(TimeSpan.FromMinutes(1)));

        await Story.Connection(connection, EventWriter.Reconnected(3));
        Assert.Equal(waiting.Take(10), await room.Round());
    }

    [Fact]
    public async Task The_first_rejection_keeps_the_rest_waiting_before_the_connection_is_marked()
    {
        var connection = await Dead("Shop");
        var waiting = await Waiting(50, connection);
        await Story.Connection(connection, EventWriter.Reconnected(2));
        var first = (await room.Round())[0];
        await Story.Activity(first, Story.Started(1, connection, 2), EventWriter.Deferred(FailureKind.ReauthRequired, connection, 2, attempts: 1));
        Assert.Empty(await room.RoundAfter(Second));
        foreach (var id in waiting[1..10]) await Run(id, connection, 2);
        Assert.Empty(await room.RoundAfter(Second));

        await Story.Connection(connection, new ConnectionReauthRequired("no", 2));
        Assert.Empty(await room.RoundAfter(Second));
        await Story.Connection(connection, EventWriter.Reconnected(3));
        Assert.Equal([first, .. waiting[10..19]], await room.Round());
    }

    [Fact]
    public async Task A_rejection_of_replaced_credentials_keeps_nothing_waiting()
    {
        var connection = await Dead("Shop");
        var waiting = await Waiting(12, connection);
        room.Clock.Advance(Second);
        var late = await Story.New(Story.Over(connection));
        await Story.Connection(connection, EventWriter.Reconnected(2));
        await Story.Activity(late, EventWriter.Deferred(FailureKind.ReauthRequired, connection, version: 1));
        Assert.Equal(waiting[..10], await room.Round());
        foreach (var id in waiting[..10]) await Run(id, connection, 2);
        Assert.Equal([waiting[10], waiting[11], late], await room.Round());
    }

    [Fact]
    public async Task Many_connections_are_served_in_turn_however_many_activities_wait_for_one()
    {
        var crowded = await Dead("Crowded");
        await Waiting(1_000, crowded);
        await Story.Connection(crowded, EventWriter.Reconnected(2));
        var all = new List<Guid>();
        for (var i = 0; i < 700; i++)
        {
            var connection = await Story.Connected($"c{i}");
            all.Add(await Story.New(Story.Over(connection), EventWriter.Deferred(FailureKind.Busy, connection)));
        }

        IReadOnlyList<Guid> sent = [.. await room.Round(), .. await room.Round()];
        Assert.Equal(710, sent.Count);
        Assert.Subset(sent.ToHashSet(), all.ToHashSet());
    }

    [Fact]
    public async Task An_activity_that_waits_for_a_time_also_waits_while_its_connection_needs_a_reconnect()
    {
        var connection = await Story.Connected("Shop");
        var id = await Story.New(
            Story.Over(connection), EventWriter.Deferred(FailureKind.Throttled, connection, until: room.Clock.GetUtcNow() + Second));
        await Story.Connection(connection, new ConnectionReauthRequired("no", 1));

        Assert.Empty(await room.RoundAfter(TimeSpan.FromHours(1)));
        await Story.Connection(connection, EventWriter.Reconnected(2));
        Assert.Equal([id], await room.Round());
    }

    [Fact]
    public async Task An_activity_that_fails_on_reauth_is_sent_to_be_ended_while_the_rest_waits()
    {
        var connection = await Story.Connected("Shop");
        var later = room.Clock.GetUtcNow() + TimeSpan.FromMinutes(5);
        var fails = await Story.New(Story.Over(connection, OnReauth.Fail), EventWriter.Deferred(FailureKind.Unavailable, connection, until: later));
        await Story.New(Story.Over(connection), EventWriter.Deferred(FailureKind.Unavailable, connection, until: later));
        await Story.Connection(connection, new ConnectionReauthRequired("no", 1));

        Assert.Equal([fails], await room.Round());
    }

    [Fact]
    public async Task A_connection_that_is_available_again_releases_what_waited_for_it_but_not_throttled_activities()
    {
        var connection = await Story.Connected("Shop");
        var later = room.Clock.GetUtcNow() + TimeSpan.FromMinutes(5);
        var unavailable = await Story.New(Story.Over(connection), EventWriter.Deferred(FailureKind.Unavailable, connection, until: later));
        var throttled = await Story.New(Story.Over(connection), EventWriter.Deferred(FailureKind.Throttled, connection, until: later));
        await Story.Connection(connection, EventWriter.Tested("unavailable"));
        Assert.Empty(await room.Round());

        await Story.Connection(connection, EventWriter.Tested(Outcome.Ok));
        Assert.Equal([unavailable], await room.Round());
        await Run(unavailable, connection, 1);
        Assert.Equal([throttled], await room.RoundAfter(TimeSpan.FromMinutes(5)));
    }

    [Fact]
    public async Task Activities_that_name_a_deleted_connection_by_id_are_sent_to_be_ended()
    {
        var connection = await Dead("Shop");
        var dead = (await Waiting(1, connection))[0];
        room.Clock.Advance(Second);
        var throttled = await Story.New(
            Story.Over(connection), EventWriter.Deferred(FailureKind.Throttled, connection, until: room.Clock.GetUtcNow() + TimeSpan.FromHours(1)));
        var late = await Story.New(Story.Over(connection));
        await Story.Connection(connection, new ConnectionDeleted());
        Assert.Equal([dead, throttled], await room.Round());

        await Story.Activity(late, EventWriter.Deferred(FailureKind.ReauthRequired, connection));
        Assert.Equal([late], await room.Round());
    }

    [Fact]
    public async Task An_activity_that_names_a_connection_by_name_waits_through_delete_and_add()
    {
        var first = await Dead("Shop");
        var id = await Story.New(Story.OverNamed("Shop"), EventWriter.Deferred(FailureKind.ReauthRequired, first));
        await Story.Connection(first, new ConnectionDeleted());
        Assert.Empty(await room.RoundAfter(TimeSpan.FromMinutes(10)));

        await Story.Connected(" shop ");
        Assert.Equal([id], await room.Round());
    }

    [Fact]
    public async Task An_activity_that_names_a_connection_by_name_runs_over_a_connection_renamed_to_that_name()
    {
        var first = await Dead("Shop");
        var id = await Story.New(Story.OverNamed("Shop"), EventWriter.Deferred(FailureKind.ReauthRequired, first));
        await Story.Connection(first, new ConnectionRenamed("Old shop"));
        await Story.Connection(first, EventWriter.Reconnected(2));
        Assert.Empty(await room.Round());

        var second = await Story.Connected("New shop");
        await Story.Connection(second, new ConnectionRenamed("SHOP"));
        Assert.Equal([id], await room.Round());
    }

    [Fact]
    public async Task An_activity_deferred_just_after_its_named_connection_was_created_is_due_immediately()
    {
        await Story.Connected("Shop");
        var id = await Story.New(Story.OverNamed("Shop"), EventWriter.Deferred(FailureKind.ConnectionDeleted, null, version: 0));

        Assert.Equal([id], await room.Round());
    }

    [Fact]
    public async Task Activities_by_id_and_by_name_share_the_limit_of_their_connection_oldest_first()
    {
        var connection = await Dead("Shop");
        var waiting = new List<Guid>();
        for (var i = 0; i < 20; i++)
        {
            room.Clock.Advance(Second);
            waiting.Add(await Story.New(
                i % 2 == 0 ? Story.Over(connection) : Story.OverNamed("Shop"), EventWriter.Deferred(FailureKind.ReauthRequired, connection)));
        }

        await Story.Connection(connection, EventWriter.Reconnected(2));
        Assert.Equal(waiting.Take(10), await room.Round());
        Assert.Empty(await room.RoundAfter(Second));
        await Run(waiting[0], connection, 2);
        Assert.Equal([waiting[10]], await room.Round());
    }

    [Fact]
    public async Task A_sent_activity_without_a_response_is_sent_again_after_60_seconds_doubling_up_to_10_minutes()
    {
        var connection = await Story.Connected("Shop");
        var id = await Story.New(Story.Over(connection));
        foreach (var seconds in (int[])[60, 120, 240, 480, 600, 600, 600])
        {
            Assert.Empty(await room.RoundAfter(TimeSpan.FromSeconds(seconds) - Second));
            Assert.Equal([id], await room.RoundAfter(Second));
        }
    }

    [Fact]
    public async Task An_activity_of_a_connection_that_needs_a_reconnect_is_not_sent_again_before_it()
    {
        var connection = await Dead("Shop");
        var id = await Story.New(Story.Over(connection));

        for (var minute = 0; minute < 60; minute++) Assert.Empty(await room.RoundAfter(TimeSpan.FromMinutes(1)));
        await Story.Connection(connection, EventWriter.Reconnected(2));
        Assert.Equal([id], await room.Round());
    }

    [Fact]
    public async Task After_a_start_sent_activities_are_due_again_within_the_limit()
    {
        var connection = await Story.Connected("Shop");
        var sent = new List<Guid>();
        for (var i = 0; i < 30; i++)
        {
            room.Clock.Advance(TimeSpan.FromMilliseconds(10));
            sent.Add(await Story.New(Story.Over(connection)));
        }

        Assert.Empty(await room.Round());
        await room.Queries.ForgetSent(default);
        Assert.Equal(sent.Take(10), await room.Round());
    }

    [Fact]
    public async Task At_the_deadline_a_waiting_activity_ends_with_the_reason_it_waited_for()
    {
        var connection = await Dead("Shop");
        var id = await Story.New(
            Story.Over(connection, deadline: TimeSpan.FromMinutes(1)), EventWriter.Deferred(FailureKind.ReauthRequired, connection));
        Assert.Empty(await room.RoundAfter(TimeSpan.FromMinutes(1)));

        var last = (await room.Log.Read(new ActivityId(EventWriter.Workspace, id).Stream, default)).Events[^1];
        Assert.Equal(FailureKind.ReauthRequired, Assert.IsType<ActivityFailed>(ActivityDecider.Names.Read(last)).Kind);
    }

    private async Task<Guid> Dead(string name)
    {
        var id = await Story.Connected(name);
        await Story.Connection(id, new ConnectionReauthRequired("no", 1));
        return id;
    }

    private async Task<Guid[]> Waiting(int count, Guid connection)
    {
        var ids = new List<Guid>();
        for (var i = 0; i < count; i++)
        {
            room.Clock.Advance(TimeSpan.FromMilliseconds(10));
            ids.Add(await Story.New(Story.Over(connection), EventWriter.Deferred(FailureKind.ReauthRequired, connection)));
        }

        return [.. ids];
    }

    private async Task Run(Guid id, Guid connection, int version) =>
        await Story.Activity(id, Story.Started(1, connection, version), EventWriter.Succeeded(connection));
}
