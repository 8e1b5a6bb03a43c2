using EventSourcing;
using EventSourcing.Sql.Loops;
using Microsoft.Extensions.Logging.Abstractions;
using TestServers;

namespace Sql.Tests;

/// <summary>
/// An old and a new version run side by side and share the leases. The new one writes events that the old one does not know.
/// </summary>
public abstract class RollOutContract(TestDatabase database) : LoopContract(database)
{
    private static readonly Action<RecordedEvent> Old = e =>
    {
        if (e.Type == "newer") throw new UnknownEventException(e.Type, e.Stream, e.Position);
    };

    [Fact]
    public async Task An_old_loop_that_meets_an_unknown_event_releases_its_lease_to_the_new_one()
    {
        var (old, newer) = (new LoopHealth(TimeProvider.System), new LoopHealth(TimeProvider.System));
        using var oldLeases = await Instance("old");
        await Start(Loop(new Seen { Before = Old }, oldLeases, old));
        await AppendEvents("thing-1", "a");
        await old.Reached("seen", 1, Ct);
        using var newLeases = await Instance("new");
        await Start(Loop(new Seen(), newLeases, newer));

        var last = await AppendEvents("thing-1", "newer", "b");
        await newer.Reached("seen", last, Ct);

        Assert.Equal(["thing-1 a", "thing-1 newer", "thing-1 b"], await Rows());
        await Until.Holds(() => old.Loops.Single().State == LoopState.WaitingForLease, "the old loop waits for the lease");
        await newLeases.StopAsync(Ct);
        await oldLeases.StopAsync(Ct);
    }

    [Fact]
    public async Task An_event_that_no_version_can_handle_does_not_move_the_lease()
    {
        var tries = 0;
        await AppendEvents("thing-1", "bad");
        await Start(new ProjectionLoop(new Seen { Before = _ => throw new InvalidOperationException($"try {++tries}") }, Database, Tools()));
        await Until.Holds(
            () =>
            {
                Clock.Advance(TimeSpan.FromSeconds(30));
                return tries > 2;
            },
            "the loop retries");

        Assert.Empty(Leases.GivenBack);
    }

    private async Task<Leases> Instance(string owner)
    {
        var leases = new Leases(Database, owner, DatabaseClock.For(Database.Provider), TimeProvider.System, NullLogger<Leases>.Instance);
        await leases.StartAsync(Ct);
        return leases;
    }

    private ProjectionLoop Loop(Seen seen, ILeases leases, LoopHealth health) =>
        new(seen, Database, new LoopContext(Log, leases, health, TimeProvider.System, NullLoggerFactory.Instance));
}
