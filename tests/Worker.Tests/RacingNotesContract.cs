using Connections.Domain;
using Connections.ReadModels.Waits;
using EventSourcing;
using Worker.Tests.Harness;

namespace Worker.Tests;

/// <summary>The waker records what it sent while the projection changes the same rows.</summary>
public abstract class RacingNotesContract(RowStore store)
{
    private const int Activities = 40;

    [Fact]
    public async Task Concurrent_waker_notes_and_projection_leave_the_same_rows_as_the_projection_alone()
    {
        var log = new InMemoryEventLog();
        var story = new EventWriter(log, TimeProvider.System);
        await using var rows = await Rows.Create(store, log, new WaitsProjection(new WakeSignal()));
        var (queries, due) = (new WaitQueries(rows.Database), new DueWaits(rows.Database));
        var connection = await story.Connected("Shop");
        var ids = new List<Guid>();
        for (var i = 0; i < Activities; i++) ids.Add(await story.New(story.Over(connection)));
        await rows.Follow();

        for (var attempt = 1; attempt <= 5; attempt++)
        {
            var noted = ids.Select(id => new Wait(EventWriter.Workspace, id, (2 * attempt) - 2, attempt - 1, connection.ToString())).Reverse().ToArray();
            foreach (var id in ids)
                await story.Activity(id, story.Started(attempt, connection), EventWriter.Deferred(FailureKind.Busy, connection, attempts: attempt));
            await Task.WhenAll(
                Task.Run(rows.Follow),
                Task.Run(() => queries.Sent(noted, TimeProvider.System.GetUtcNow(), default)),
                Task.Run(() => queries.Park(noted, default)),
                Task.Run(async () => await due.Settle(
                    (await due.Find(TimeProvider.System.GetUtcNow(), _ => Activities, Activities, default)).Done, default)));
        }

        Assert.Equal(Activities, await rows.Value<int>("SELECT COUNT(*) FROM waits WHERE state = 'waiting' AND revision = 10 AND attempts = 5"));
        Assert.Equal(ids.Order(), (await due.Find(TimeProvider.System.GetUtcNow(), _ => Activities, Activities, default)).Waits.Select(w => w.Id).Order());
    }
}
