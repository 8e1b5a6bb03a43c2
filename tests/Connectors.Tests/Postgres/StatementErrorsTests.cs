using Connections.Connectors;
using Connections.Connectors.Postgres;
using Connections.Domain;
using Npgsql;

namespace Connectors.Tests.Postgres;

public sealed class StatementErrorsTests(PostgresFixture fixture) : IAsyncDisposable
{
    private readonly Database database = new(fixture.Server);

    [Theory]
    [InlineData("SELECT pg_database_size('nosuch')", "3D000")]
    [InlineData("DO $$ BEGIN RAISE EXCEPTION 'customer 7 may not' USING errcode = '28000'; END $$", "customer 7 may not")]
    [InlineData("DO $$ BEGIN RAISE EXCEPTION 'no' USING errcode = '28P01'; END $$", "28P01")]
    [InlineData("DO $$ BEGIN RAISE invalid_password; END $$", "28P01")]
    [InlineData("DO $$ BEGIN RAISE EXCEPTION 'no' USING errcode = '3D000'; END $$", "3D000")]
    [InlineData("DO $$ BEGIN RAISE EXCEPTION 'no' USING errcode = '28999'; END $$", "28999")]
    public async Task A_statement_never_marks_the_connection(string sql, string expected)
    {
        var failed = await database.Fails(sql);
        Assert.Equal((FailureKind.InvalidInput, Delivered.Yes), (failed.Kind, failed.Delivered));
        Assert.Contains(expected, failed.Message, StringComparison.Ordinal);
        Assert.Equal("1", await database.Value("SELECT 1"));
    }

    [Theory]
    [InlineData("53200")]
    [InlineData("53300")]
    [InlineData("57014")]
    [InlineData("57P01")]
    [InlineData("08006")]
    [InlineData("58030")]
    [InlineData("40001")]
    [InlineData("42501")]
    [InlineData("P0001")]
    public async Task An_error_that_a_function_raises_is_the_statements(string state)
    {
        var failed = await database.Fails($"DO $$ BEGIN RAISE EXCEPTION 'raised' USING errcode = '{state}'; END $$");
        Assert.Equal((FailureKind.InvalidInput, Delivered.Yes), (failed.Kind, failed.Delivered));
        Assert.Contains(state, failed.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("40001", FailureKind.Unavailable)]
    [InlineData("40P01", FailureKind.Unavailable)]
    [InlineData("53100", FailureKind.Unavailable)]
    [InlineData("53200", FailureKind.Unavailable)]
    [InlineData("53300", FailureKind.Unavailable)]
    [InlineData("53400", FailureKind.InvalidInput)]
    [InlineData("54000", FailureKind.InvalidInput)]
    [InlineData("54001", FailureKind.InvalidInput)]
    [InlineData("57014", FailureKind.Timeout)]
    [InlineData("57P03", FailureKind.Unavailable)]
    [InlineData("42501", FailureKind.Forbidden)]
    public void The_state_determines_the_failure_kind(string state, FailureKind kind) =>
        Assert.Equal(kind, PostgresFailures.AtStatement(new PostgresException("no", "ERROR", "ERROR", state)).Kind);

    [Theory]
    [InlineData("28P01")]
    [InlineData("28000")]
    [InlineData("3D000")]
    public void A_pooler_that_rejects_the_sign_in_before_the_statement_marks_the_connection(string state) =>
        Assert.Equal(FailureKind.ReauthRequired, PostgresFailures.BeforeStatement(new PostgresException("no", "FATAL", "FATAL", state)).Kind);

    [Fact]
    public async Task A_query_that_exceeds_the_limit_of_temporary_files_is_invalid_input()
    {
        await fixture.Server.Sql("CREATE ROLE spiller LOGIN PASSWORD 'spiller-pw'; ALTER ROLE spiller SET temp_file_limit = '100kB'; ALTER ROLE spiller SET work_mem = '64kB'");
        var result = await database.Run(
            "SELECT count(*) FROM (SELECT i FROM generate_series(1, 200000) i ORDER BY md5(i::text)) x", use: database.Use(user: "spiller", password: "spiller-pw"));
        var failed = Assert.IsType<ConnectorResult.Failed>(result);
        Assert.Equal((FailureKind.InvalidInput, Delivered.Yes), (failed.Kind, failed.Delivered));
        Assert.Contains("53400", failed.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("UPDATE orders SET total = total WHERE id <= 3 RETURNING id", "3")]
    [InlineData("CREATE TABLE IF NOT EXISTS orders (id int)", null)]
    public async Task A_write_with_returned_rows_counts_them_and_a_definition_counts_none(string sql, string? affected)
    {
        await using var writing = new Database(fixture.Server, allowWrites: true);
        var output = await writing.Query(sql);
        Assert.Equal(affected, output.TryGetProperty("rowsAffected", out var rows) ? rows.GetRawText() : null);
    }

    [Fact]
    public async Task Type_names_do_not_depend_on_the_roles_settings()
    {
        await fixture.Server.Sql("CREATE ROLE quoter LOGIN PASSWORD 'quoter-pw'; ALTER ROLE quoter SET quote_all_identifiers = on");
        var use = database.Use(user: "quoter", password: "quoter-pw");
        foreach (var sql in new[] { "SELECT ARRAY['a']", "SELECT ARRAY['a'] FROM generate_series(1, 50000)" })
        {
            var done = Assert.IsType<ConnectorResult.Done>(await database.Run(sql, maxRows: 1, use: use));
            Assert.Equal("text[]", done.Output.GetProperty("columns")[0].GetProperty("type").GetString());
        }
    }

    public ValueTask DisposeAsync() => database.DisposeAsync();
}
