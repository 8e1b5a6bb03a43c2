using Dapper;
using EventSourcing.Sql;
using EventSourcing.Sql.Loops;
using EventSourcing.Sql.Rebuilds;
using TestServers;

namespace Sql.Tests;

/// <summary>Rows built again beside the live ones, which go on until the new ones take their place.</summary>
public sealed class RebuildTests(PostgresDatabases databases) : LoopContract(new PostgresSchema(databases))
{
    // of these rows: others wait for theirs at the same server
    private const string WaitedFor =
        "SELECT relname FROM pg_locks JOIN pg_class ON pg_class.oid = relation WHERE NOT granted AND relnamespace = current_schema()::regnamespace";

    private static readonly Unheard Nobody = new();

    private PostgresDatabase Live => (PostgresDatabase)Database;

    [Fact]
    public async Task The_rows_are_those_of_the_log_and_the_loop_goes_on_from_where_they_are()
    {
        var loop = await Start(Loop());
        await Health.Reached("seen", await Happens("thing-1", "a", "b"), Ct);
        await Spoil();

        var done = await Rebuild().Run(Nobody, Ct);
        await Health.Reached("seen", await Happens("thing-2", "c"), Ct);
        await Until.Holds(async () => (await Rows()).Count == 3, "the loop goes on in the new rows");

        Assert.Equal(["thing-1 a", "thing-1 b", "thing-2 c"], await Rows());
        Assert.Equal(2, done.Events);
        await Stop(loop);
    }

    [Fact]
    public async Task What_happens_meanwhile_is_there_once()
    {
        await Start(Loop());
        for (var i = 0; i < 20; i++) await Happens($"thing-{i}", "a", "b", "c");
        using var enough = new CancellationTokenSource();
        var load = Load(enough.Token);
        for (var round = 0; round < 5; round++) await Rebuild().Run(Nobody, Ct);
        await enough.CancelAsync();
        var happened = await load;

        await Until.Holds(async () => (await Rows()).Count >= happened + 60, "the loop is at the end");
        Assert.Equal(happened + 60, (await Rows()).Count);
        Assert.Equal(happened + 60, (await Rows()).Distinct().Count());
        Assert.NotEqual(0, happened);
    }

    [Fact]
    public async Task It_begins_where_no_loop_ever_ran()
    {
        await Happens("thing-1", "a");
        await Rebuild().Run(Nobody, Ct);
        Assert.Equal(["thing-1 a"], await Rows());
        await Start(Loop());
        await Health.Reached("seen", await Happens("thing-1", "b"), Ct);
        Assert.Equal(["thing-1 a", "thing-1 b"], await Rows());
    }

    [Fact]
    public async Task While_it_fails_the_live_rows_stay_and_nothing_of_it_is_left()
    {
        var loop = await Start(Loop());
        await Health.Reached("seen", await Happens("thing-1", "a"), Ct);
        await Stop(loop);

        await Assert.ThrowsAsync<IOException>(() => new Rebuild(
            Live, new Seen { Before = _ => throw new IOException() }, Log, TimeProvider.System).Run(Nobody, Ct));

        Assert.Equal(["thing-1 a"], await Rows());
        Assert.Equal(["seen"], await Query("SELECT name FROM checkpoints"));
        Assert.Empty(await Query("SELECT nspname FROM pg_namespace WHERE nspname LIKE current_schema() || '_rebuild%'"));
    }

    [Fact]
    public async Task Tables_that_a_newer_program_has_added_to_are_not_replaced_by_older_ones()
    {
        await new Migrations("seen", new Seen().Tables.Steps[0], "ALTER TABLE seen ADD COLUMN more TEXT NULL").Apply(Database, Ct);

        await Assert.ThrowsAsync<RebuildException>(() => Rebuild().Run(Nobody, Ct));
        Assert.Empty(await Query("SELECT more FROM seen"));
    }

    [Fact]
    public async Task Two_at_a_time_are_refused_and_readers_hold_the_switch_up_and_are_not_broken()
    {
        var loop = await Start(Loop());
        await Health.Reached("seen", await Happens("thing-1", "a"), Ct);
        await using var reader = await Database.BeginWrite(Ct);
        Assert.Equal(1, await reader.Connection.ExecuteScalarAsync<int>("SELECT COUNT(*) FROM seen", transaction: reader.Transaction));

        var first = Rebuild().Run(Nobody, Ct);
        await Until.Holds(async () => (await Query(WaitedFor)).Count > 0, "the switch waits");
        await Assert.ThrowsAsync<RebuildException>(() => Rebuild().Run(Nobody, Ct));
        Assert.Equal(1, await reader.Connection.ExecuteScalarAsync<int>("SELECT COUNT(*) FROM seen", transaction: reader.Transaction));
        await reader.Commit(Ct);
        await first;

        Assert.Equal(["thing-1 a"], await Rows());
        await Stop(loop);
    }

    private ProjectionLoop Loop() => new(new Seen(), Database, Tools());

    private Rebuild Rebuild() => new(Live, new Seen(), Log, TimeProvider.System);

    // as fast as the live loop takes it
    private async Task<int> Load(CancellationToken enough)
    {
        var many = 0;
        while (!enough.IsCancellationRequested) await Health.Reached("seen", await Happens($"thing-load{many++}", "x"), Ct);
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

    private sealed class Unheard : IProgress<RebuildProgress>
    {
        public void Report(RebuildProgress value)
        {
        }
    }
}
