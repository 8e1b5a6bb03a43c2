using EventSourcing.Sql;

namespace Sql.Tests;

public abstract class MigrationContract(TestDatabase database) : DatabaseContract(database)
{
    private const string First = "CREATE TABLE things (id INTEGER PRIMARY KEY); INSERT INTO things VALUES (1);";
    private const string Second = "INSERT INTO things SELECT max(id) + 1 FROM things";

    [Fact]
    public async Task Each_step_is_applied_once_and_in_order()
    {
        await new Migrations("part", First, Second).Apply(Database, Ct);
        await new Migrations("part", First, Second).Apply(Database, Ct);

        Assert.Equal(2, await Scalar<long>("SELECT count(*) FROM things"));
    }

    [Fact]
    public async Task A_newer_program_applies_only_the_new_steps()
    {
        await new Migrations("part", First).Apply(Database, Ct);
        await new Migrations("part", First, Second, Second).Apply(Database, Ct);

        Assert.Equal(3, await Scalar<long>("SELECT count(*) FROM things"));
    }

    [Fact]
    public async Task Tables_of_a_newer_program_are_refused()
    {
        await new Migrations("part", First, Second).Apply(Database, Ct);

        await Assert.ThrowsAsync<NewerSchemaException>(() => new Migrations("part", First).Apply(Database, Ct));
    }

    [Fact]
    public async Task A_step_that_fails_leaves_everything_as_it_was()
    {
        await Assert.ThrowsAnyAsync<Exception>(() => new Migrations("part", First, "INSERT INTO nowhere VALUES (1)").Apply(Database, Ct));

        await new Migrations("part", First).Apply(Database, Ct);
        Assert.Equal(1, await Scalar<long>("SELECT count(*) FROM things"));
    }

    [Fact]
    public async Task Parts_do_not_know_each_other()
    {
        await new Migrations("one", First, Second).Apply(Database, Ct);
        await new Migrations("two", "CREATE TABLE others (id INTEGER)").Apply(Database, Ct);

        Assert.Equal(2, await Scalar<long>("SELECT count(*) FROM schema_versions"));
    }

    [Fact]
    public async Task Many_may_apply_at_once()
    {
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => new Migrations("part", First, Second).Apply(Database, Ct))));

        Assert.Equal(2, await Scalar<long>("SELECT count(*) FROM things"));
    }
}
