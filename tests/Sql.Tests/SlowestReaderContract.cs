using EventSourcing;
using EventSourcing.Sql;
using EventSourcing.Sql.Loops;

namespace Sql.Tests;

public abstract class SlowestReaderContract(TestDatabase database) : DatabaseContract(database)
{
    [Fact]
    public async Task The_slowest_reader_is_found_over_one_or_two_databases()
    {
        await Checkpoints.Tables.Apply(Database, Ct);
        var (checkpoints, loops) = (new Checkpoints(Database), new LoopHealth(TimeProvider.System));
        var slowest = new SlowestReader(new ReadModelDatabase(Database), new ServiceDatabase(Database), loops);
        Assert.Equal(("none", Position.Start), await slowest.Find(Ct));

        await checkpoints.Move("quick", Position.Start, 9, Ct);
        await checkpoints.Move("slow", Position.Start, 4, Ct);
        Assert.Equal(("slow", 4), await slowest.Find(Ct));

        loops.For("new"); // runs in this process and never saved a position
        Assert.Equal(("new", Position.Start), await slowest.Find(Ct));
    }
}
