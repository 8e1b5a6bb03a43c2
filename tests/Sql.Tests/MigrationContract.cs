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
    public async Task A_newer_version_applies_only_the_new_steps()
    {
        await new Migrations("part", First).Apply(Database, Ct);
        await new Migrations("part", First, Second, Second).Apply(Database, Ct);

        Assert.Equal(3, await Scalar<long>("SELECT count(*) FROM things"));
    }

    [Fact]
    public async Task An_older_version_continues_with_tables_that_a_newer_one_only_added_to()
    {
        await new Migrations("part", First, Second).Apply(Database, Ct);
        await new Migrations("part", First).Apply(Database, Ct);

        Assert.Equal(2, await new Migrations("part", First).Version(Database, Ct));
        await new Migrations("part", First, Second, Second).Apply(Database, Ct);
        Assert.Equal(3, await Scalar<long>("SELECT count(*) FROM things"));
    }

    [Fact]
    public async Task Tables_changed_by_a_newer_version_are_rejected_by_an_older_one()
    {
        await new Migrations("part", First, Second, Second) { Least = 2 }.Apply(Database, Ct);

        await Assert.ThrowsAsync<NewerSchemaException>(() => new Migrations("part", First).Apply(Database, Ct));
        await new Migrations("part", First, Second).Apply(Database, Ct);
    }

    [Fact]
    public async Task Version_rows_from_before_the_least_column_are_preserved()
    {
        await Execute("CREATE TABLE schema_versions (part TEXT PRIMARY KEY, version INTEGER NOT NULL)");
        await Execute("INSERT INTO schema_versions (part, version) VALUES ('part', 1)");
        await Execute(First);

        await new Migrations("part", First, Second).Apply(Database, Ct);
        Assert.Equal(2, await Scalar<long>("SELECT count(*) FROM things"));
    }

    [Fact]
    public async Task A_failing_step_changes_nothing()
    {
        await Assert.ThrowsAnyAsync<Exception>(() => new Migrations("part", First, "INSERT INTO nowhere VALUES (1)").Apply(Database, Ct));

        await new Migrations("part", First).Apply(Database, Ct);
        Assert.Equal(1, await Scalar<long>("SELECT count(*) FROM things"));
    }

    [Fact]
    public async Task Parts_are_independent()
    {
        await new Migrations("one", First, Second).Apply(Database, Ct);
        await new Migrations("two", "CREATE TABLE others (id INTEGER)").Apply(Database, Ct);

        Assert.Equal(2, await Scalar<long>("SELECT count(*) FROM schema_versions"));
    }

    [Fact]
    public async Task Concurrent_applications_are_safe()
    {
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => new Migrations("part", First, Second).Apply(Database, Ct))));

        Assert.Equal(2, await Scalar<long>("SELECT count(*) FROM things"));
    }
}
