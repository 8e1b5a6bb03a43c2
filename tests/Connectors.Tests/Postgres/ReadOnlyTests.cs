using Connections.Domain;

namespace Connectors.Tests.Postgres;

public sealed class ReadOnlyTests(PostgresFixture fixture) : IAsyncLifetime
{
    private readonly Database database = new(fixture.Server);
    private readonly string table = $"guarded_{Guid.CreateVersion7():n}";

    public async ValueTask InitializeAsync()
    {
        await fixture.Server.Sql($"CREATE TABLE {table} (id int)", "shop");
        await fixture.Server.Sql($"INSERT INTO {table} VALUES (1); ALTER TABLE {table} OWNER TO app; CREATE SEQUENCE {table}_seq; ALTER SEQUENCE {table}_seq OWNER TO app", "shop");
        await fixture.Server.Sql(
            $"""
            CREATE FUNCTION {table}_f() RETURNS int LANGUAGE plpgsql AS $$ BEGIN
              PERFORM set_config('transaction_read_only', 'off', false); DELETE FROM {table}; RETURN 1; END $$;
            CREATE PROCEDURE {table}_p() LANGUAGE plpgsql AS $$ BEGIN COMMIT; DELETE FROM {table}; COMMIT; END $$
            """, "shop");
    }

    [Theory]
    [InlineData("DELETE FROM T")]
    [InlineData("COMMIT; DELETE FROM T")]
    [InlineData("SELECT 1; DROP TABLE T")]
    [InlineData("SET transaction_read_only = off")]
    [InlineData("SET SESSION CHARACTERISTICS AS TRANSACTION READ WRITE")]
    [InlineData("SELECT set_config('transaction_read_only', 'off', false)")]
    [InlineData("SELECT set_config('transaction_read_only', 'off', true)")]
    [InlineData("SELECT T_f()")]
    [InlineData("CALL T_p()")]
    [InlineData("DO $$ BEGIN SET TRANSACTION READ WRITE; DELETE FROM T; END $$")]
    [InlineData("DO $$ BEGIN COMMIT; DELETE FROM T; COMMIT; END $$")]
    [InlineData("DO $$ BEGIN ROLLBACK; SET default_transaction_read_only = off; DELETE FROM T; COMMIT; END $$")]
    [InlineData("WITH gone AS (DELETE FROM T RETURNING 1) SELECT * FROM gone")]
    [InlineData("EXPLAIN ANALYZE DELETE FROM T")]
    [InlineData("TRUNCATE T")]
    [InlineData("CREATE TABLE T2 AS SELECT 1")]
    [InlineData("SELECT nextval('T_seq')")]
    [InlineData("SELECT 'a\\'; COMMIT; DELETE FROM T; --'")]
    [InlineData("SELECT E'a'\n'b\\'' ; COMMIT; DELETE FROM T --'")]
    [InlineData("/* ; */ COMMIT /* */; DELETE FROM T")]
    public async Task Nothing_is_written(string attack)
    {
        var failed = await database.Fails(attack.Replace("T", table, StringComparison.Ordinal).Replace($"{table}RUNCA{table}E", "TRUNCATE", StringComparison.Ordinal));
        Assert.Equal(FailureKind.InvalidInput, failed.Kind);
        Assert.Equal("1", await fixture.Server.Sql($"SELECT count(*) FROM {table}", "shop"));
        Assert.Equal("\"on\"", await database.Value("SELECT current_setting('transaction_read_only')"));
    }

    [Fact]
    public async Task Session_state_is_reset_after_each_call()
    {
        await database.Query("SELECT set_config('default_transaction_read_only', 'off', false), set_config('role', 'none', false), pg_advisory_lock(42)");
        Assert.Equal("0", await database.Value("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid = 42"));
        await database.Fails($"DELETE FROM {table}");
    }

    [Fact]
    public async Task With_writes_allowed_the_session_is_reset()
    {
        await using var writing = new Database(fixture.Server, allowWrites: true);
        await writing.Query("CREATE TEMP TABLE left_over (x int)");
        await writing.Query("SELECT set_config('search_path', 'nowhere', false), pg_advisory_lock(43)");
        Assert.Equal(
            """["\"$user\", public",0,0]""",
            (await writing.Query(
                """
                SELECT current_setting('search_path'), (SELECT count(*) FROM pg_locks WHERE objid = 43 AND locktype = 'advisory'),
                  (SELECT count(*) FROM pg_class WHERE relname = 'left_over')
                """)).GetProperty("rows")[0].GetRawText());
    }

    [Fact]
    public async Task A_constraint_that_fails_at_the_commit_is_reported()
    {
        await using var writing = new Database(fixture.Server, allowWrites: true);
        await writing.Query($"ALTER TABLE {table} ADD CONSTRAINT one UNIQUE (id) DEFERRABLE INITIALLY DEFERRED");
        var failed = await writing.Fails($"INSERT INTO {table} VALUES (1)");
        Assert.Equal((FailureKind.InvalidInput, Delivered.Yes), (failed.Kind, failed.Delivered));
        Assert.Contains("23505", failed.Message, StringComparison.Ordinal);
    }

    public ValueTask DisposeAsync() => database.DisposeAsync();
}
