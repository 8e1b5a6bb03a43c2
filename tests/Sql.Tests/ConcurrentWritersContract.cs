using Dapper;
using EventSourcing;
using EventSourcing.Sql;
using EventSourcing.Sql.Loops;

namespace Sql.Tests;

/// <summary>Transactions that read and then write.</summary>
public abstract class ConcurrentWritersContract(TestDatabase database) : DatabaseContract(database)
{
    private const int Writers = 6;
    private const int Times = 15;

    [Fact]
    public async Task Writers_beside_a_projection_take_turns_with_it()
    {
        await Counted();
        await Together(n => n == 0 ? MoveAndCount() : CountInTurn());

        Assert.Equal(Writers * Times, await Scalar<long>("SELECT value FROM counted"));
    }

    [Fact]
    public async Task A_checkpoint_and_its_count_agree_for_any_number_of_writers()
    {
        await Counted();
        await Together(_ => MoveAndCount());

        Assert.Equal(await new Checkpoints(Database).Read("counting", Ct), await Scalar<long>("SELECT value FROM counted"));
        Assert.Equal(Writers * Times, await Scalar<long>("SELECT value FROM counted"));
    }

    [Fact]
    public async Task A_writer_can_write_before_the_projection_ever_ran()
    {
        await Checkpoints.Tables.Apply(Database, Ct);
        await using var write = await Checkpoints.WriteInTurn(Database, "counting", Ct);
        Assert.Equal(1, await write.Connection.ExecuteScalarAsync<int>("SELECT 1", transaction: write.Transaction));
    }

    private async Task Counted()
    {
        await Checkpoints.Tables.Apply(Database, Ct);
        await Execute("CREATE TABLE counted (value BIGINT NOT NULL)");
        await Execute("INSERT INTO counted VALUES (0)");
        await new Checkpoints(Database).Move("counting", Position.Start, 0, Ct);
    }

    private static Task Together(Func<int, Task> one) => Task.WhenAll(Enumerable.Range(0, Writers).Select(n => Task.Run(async () =>
    {
        for (var time = 0; time < Times; time++) await one(n);
    })));

    private async Task MoveAndCount()
    {
        while (true)
        {
            var from = await new Checkpoints(Database).Read("counting", Ct);
            await using var write = await Database.BeginWrite(Ct);
            if (!await Checkpoints.Move(write, "counting", from, from + 1, Ct)) continue;
            await Count(write);
            return;
        }
    }

    private async Task CountInTurn()
    {
        await using var write = await Checkpoints.WriteInTurn(Database, "counting", Ct);
        await Count(write);
    }

    private async Task Count(SqlWrite write)
    {
        var value = await write.Connection.ExecuteScalarAsync<long>("SELECT value FROM counted", transaction: write.Transaction);
        await write.Connection.ExecuteAsync("UPDATE counted SET value = @next", new { next = value + 1 }, write.Transaction);
        await write.Commit(Ct);
    }
}
