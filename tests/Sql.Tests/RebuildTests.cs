using Dapper;
using EventSourcing.Sql;
using EventSourcing.Sql.Loops;
using EventSourcing.Sql.Rebuilds;
using TestServers;

namespace Sql.Tests;

/// <summary>Rebuilds beside the live rows, which continue until the swap.</summary>
public sealed class RebuildTests(PostgresDatabases databases) : LoopContract(new PostgresSchema(databases))
{
    // Only locks on these tables: other tests wait for locks at the same server.
    private const string WaitingLocks =
        "SELECT relname FROM pg_locks JOIN pg_class ON pg_class.oid = relation WHERE NOT granted AND relnamespace = current_schema()::regnamespace";

    private static readonly IgnoredProgress Ignored = new();

    private PostgresDatabase Live => (PostgresDatabase)Database;

    [Fact]
    public async Task The_rows_match_the_log_and_the_loop_continues_from_their_position()
    {
        var loop = await Start(Loop());
        await Health.Reached("seen", await AppendEvents("thing-1", "a", "b"), Ct);
        await Spoil();

        var done = await Rebuild().Run(Ignored, Ct);
        await Health.Reached("seen", await AppendEvents("thing-2", "c"), Ct);
        await Until.Holds(async () => (await Rows()).Count == 3, "the loop continues in the new rows");

        Assert.Equal(["thing-1 a", "thing-1 b", "thing-2 c"], await Rows());
        Assert.Equal(2, done.Events);
        await Stop(loop);
    }

    [Fact]
    public async Task Events_during_a_rebuild_are_applied_once()
    {
        await Start(Loop());
        for (var i = 0; i < 20; i++) await AppendEvents($"thing-{i}", "a", "b", "c");
        using var stop = new CancellationTokenSource();
        var load = Load(stop.Token);
        for (var round = 0; round < 5; round++) await Rebuild().Run(Ignored, Ct);
        await stop.CancelAsync();
        var happened = await load;

        await Until.Holds(async () => (await Rows()).Count >= happened + 60, "the loop is at the end");
        Assert.Equal(happened + 60, (await Rows()).Count);
        Assert.Equal(happened + 60, (await Rows()).Distinct().Count());
        Assert.NotEqual(0, happened);
    }

    [Fact]
    public async Task A_rebuild_works_if_no_loop_ever_ran()
    {
        await AppendEvents("thing-1", "a");
        await Rebuild().Run(Ignored, Ct);
        Assert.Equal(["thing-1 a"], await Rows());
        await Start(Loop());
        await Health.Reached("seen", await AppendEvents("thing-1", "b"), Ct);
        Assert.Equal(["thing-1 a", "thing-1 b"], await Rows());
    }

    [Fact]
    public async Task A_failed_rebuild_keeps_the_live_rows_and_leaves_nothing_behind()
    {
        var loop = await Start(Loop());
        await Health.Reached("seen", await AppendEvents("thing-1", "a"), Ct);
        await Stop(loop);

        await Assert.ThrowsAsync<IOException>(() => new Rebuild(
            Live, new Seen { Before = _ => throw new IOException() }, Log, TimeProvider.System).Run(Ignored, Ct));

        Assert.Equal(["thing-1 a"], await Rows());
        Assert.Equal(["seen"], await Query("SELECT name FROM checkpoints"));
        Assert.Empty(await Query("SELECT nspname FROM pg_namespace WHERE nspname LIKE current_schema() || '_rebuild%'"));
    }

    [Fact]
    public async Task Tables_extended_by_a_newer_version_are_not_replaced_by_an_older_one()
    {
        await new Migrations("seen", new Seen().Tables.Steps[0], "ALTER TABLE seen ADD COLUMN more TEXT NULL").Apply(Database, Ct);

        await Assert.ThrowsAsync<RebuildException>(() => Rebuild().Run(Ignored, Ct));
        Assert.Empty(await Query("SELECT more FROM seen"));
    }

    [Fact]
    public async Task A_second_rebuild_is_rejected_and_readers_delay_the_swap_but_are_not_aborted()
    {
        var loop = await Start(Loop());
        await Health.Reached("seen", await AppendEvents("thing-1", "a"), Ct);
        await using var reader = await Database.BeginWrite(Ct);
        Assert.Equal(1, await reader.Connection.ExecuteScalarAsync<int>("SELECT COUNT(*) FROM seen", transaction: reader.Transaction));

        var first = Rebuild().Run(Ignored, Ct);
        await Until.Holds(async () => (await Query(WaitingLocks)).Count > 0, "the swap waits");
        await Assert.ThrowsAsync<RebuildException>(() => Rebuild().Run(Ignored, Ct));
        Assert.Equal(1, await reader.Connection.ExecuteScalarAsync<int>("SELECT COUNT(*) FROM seen", transaction: reader.Transaction));
        await reader.Commit(Ct);
        await first;

        Assert.Equal(["thing-1 a"], await Rows());
        await Stop(loop);
    }

    private ProjectionLoop Loop() => new(new Seen(), Database, Tools());

    private Rebuild Rebuild() => new(Live, new Seen(), Log, TimeProvider.System);

    // Appends as fast as the live loop handles the events.
    private async Task<int> Load(CancellationToken stop)
    {
        var many = 0;
        while (!stop.IsCancellationRequested) await Health.Reached("seen", await AppendEvents($"thing-load{many++}", "x"), Ct);
        return many;
    }

    private async Task Spoil()
    {
        await using var connection = await Database.Open(Ct);
        await connection.ExecuteAsync("UPDATE seen SET type = 'spoilt'");
    }

    private async Task<IReadOnlyList<string>> Query(string sql)
    {
        await using var connection = await Database.Open(Ct);
        return [.. await connection.QueryAsync<string>(sql)];
    }

    private sealed class IgnoredProgress : IProgress<RebuildProgress>
    {
        public void Report(RebuildProgress value)
        {
        }
    }
}
