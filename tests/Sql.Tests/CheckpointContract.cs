using EventSourcing;
using EventSourcing.Sql.Loops;

namespace Sql.Tests;

public abstract class CheckpointContract(TestDatabase database) : DatabaseContract(database)
{
    [Fact]
    public async Task A_reader_without_a_checkpoint_starts_at_the_beginning() =>
        Assert.Equal(Position.Start, await (await CreateCheckpoints()).Read("loop", Ct));

    [Fact]
    public async Task A_checkpoint_moves_from_its_current_position()
    {
        var checkpoints = await CreateCheckpoints();

        Assert.True(await checkpoints.Move("loop", Position.Start, 5, Ct));
        Assert.True(await checkpoints.Move("loop", 5, 9, Ct));
        Assert.Equal(9, await checkpoints.Read("loop", Ct));
    }

    [Fact]
    public async Task A_checkpoint_does_not_move_from_another_position()
    {
        var checkpoints = await CreateCheckpoints();
        await checkpoints.Move("loop", Position.Start, 5, Ct);

        Assert.False(await checkpoints.Move("loop", Position.Start, 7, Ct));
        Assert.False(await checkpoints.Move("loop", 4, 7, Ct));
        Assert.False(await checkpoints.Move("another", 5, 7, Ct));
        Assert.Equal(5, await checkpoints.Read("loop", Ct));
        Assert.Equal(Position.Start, await checkpoints.Read("another", Ct));
    }

    [Fact]
    public async Task One_of_many_concurrent_moves_succeeds()
    {
        var checkpoints = await CreateCheckpoints();
        for (var round = 0L; round < 20; round++)
        {
            var moved = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => checkpoints.Move("loop", round, round + 1, Ct))));
            Assert.Single(moved, m => m);
        }
    }

    [Fact]
    public async Task A_deleted_checkpoint_starts_again_and_stale_readers_cannot_move_it()
    {
        var checkpoints = await CreateCheckpoints();
        await checkpoints.Move("loop", Position.Start, 5, Ct);
        await using (var write = await Database.BeginWrite(Ct))
        {
            await Checkpoints.Forget(write, "loop", Ct);
            await write.Commit(Ct);
        }

        Assert.False(await checkpoints.Move("loop", 5, 6, Ct));
        Assert.Equal(Position.Start, await checkpoints.Read("loop", Ct));
    }

    private async Task<Checkpoints> CreateCheckpoints()
    {
        await Checkpoints.Tables.Apply(Database, Ct);
        return new Checkpoints(Database);
    }
}
