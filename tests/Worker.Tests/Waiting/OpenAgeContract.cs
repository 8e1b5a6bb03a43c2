using Connections.Domain;
using Connections.Domain.Connection;
using Connections.ReadModels.Overview;
using Worker.Tests.Harness;

namespace Worker.Tests.Waiting;

/// <summary>The age of open activities: waiting ones count from the request, sent and running ones from that state.</summary>
public abstract class OpenAgeContract(RowStore store) : IAsyncLifetime
{
    private WakerScenario room = null!;

    private EventWriter Story => room.Story;

    public async ValueTask InitializeAsync() => room = await WakerScenario.Open(store);

    public ValueTask DisposeAsync() => room.DisposeAsync();

    [Fact]
    public async Task An_activity_that_waited_for_days_does_not_count_as_an_old_sent_or_running_one()
    {
        var connection = await Story.Connected("Shop");
        await Story.Connection(connection, new ConnectionReauthRequired("no", 1));
        var requestedAt = room.Clock.GetUtcNow();
        var id = await Story.New(
            Story.Over(connection, deadline: TimeSpan.FromDays(9)), EventWriter.Deferred(FailureKind.ReauthRequired, connection));
        await room.RoundAfter(TimeSpan.FromDays(2));
        Assert.Equal(("waiting", requestedAt), await Oldest());

        await Story.Connection(connection, EventWriter.Reconnected(2));
        var sent = room.Clock.GetUtcNow();
        Assert.Equal([id], await room.Round());
        Assert.Equal(("sent", sent), await Oldest());
        Assert.Equal([id], await room.RoundAfter(TimeSpan.FromSeconds(60))); // sent again, because there was no response
        Assert.Equal(("sent", sent), await Oldest());

        await Story.Activity(id, Story.Started(1, connection, 2));
        await room.Round();
        Assert.Equal(("running", room.Clock.GetUtcNow()), await Oldest());

        await Story.Activity(id, EventWriter.Deferred(FailureKind.Throttled, connection, 2, room.Clock.GetUtcNow() + TimeSpan.FromHours(1), 1));
        await room.Round();
        Assert.Equal(("waiting", requestedAt), await Oldest());
    }

    private async Task<(string State, DateTimeOffset Since)> Oldest()
    {
        var (state, _, number, oldest) = Assert.Single(await room.Rows.Query<(string, string, long, long)>(OverviewQueries.OpenSql));
        Assert.Equal(1, number);
        return (state, new DateTimeOffset(oldest, TimeSpan.Zero));
    }
}
