using Connections.Connectors;
using Connections.Domain;

namespace Connectors.Tests.MySql;

public sealed class MyReadOnlyTests(MariaDbFixture fixture) : IAsyncLifetime
{
    private readonly MyDatabase database = new(fixture.Server);
    private readonly string table = $"guarded_{Guid.CreateVersion7():n}";

    public async ValueTask InitializeAsync()
    {
        await fixture.Server.Sql($"CREATE TABLE {table} (id int) ENGINE=InnoDB; CREATE TABLE {table}_m (id int) ENGINE=MyISAM", "shop");
        await fixture.Server.Sql($"INSERT INTO {table} VALUES (1); INSERT INTO {table}_m VALUES (1); CREATE SEQUENCE {table}_s", "shop");
        await fixture.Server.Sql(
            $"""
            CREATE FUNCTION {table}_f() RETURNS int BEGIN DELETE FROM {table}; RETURN 1; END
            """, "shop");
        await fixture.Server.Sql(
            $"""
            CREATE FUNCTION {table}_g() RETURNS int BEGIN SET SESSION tx_read_only = 0; DELETE FROM {table}; RETURN 1; END
            """, "shop");
        await fixture.Server.Sql(
            $"""
            CREATE PROCEDURE {table}_p() BEGIN COMMIT; SET SESSION tx_read_only = 0; START TRANSACTION READ WRITE; DELETE FROM {table}; COMMIT; END
            """, "shop");
    }

    [Theory]
    [InlineData("DELETE FROM T")]
    [InlineData("DELETE FROM T_m")]
    [InlineData("COMMIT; DELETE FROM T")]
    [InlineData("SELECT 1; DROP TABLE T")]
    [InlineData("SELECT 1;;DELETE FROM T;")]
    [InlineData("/*! DELETE FROM T */")]
    [InlineData("SELECT 1 /*! ; DELETE FROM T */")]
    [InlineData("/*!50000 COMMIT */")]
    [InlineData("/*M! DELETE FROM T */")]
    [InlineData("/*m!100000 DROP TABLE T */")]
    [InlineData("SELECT 1 /*!; COMMIT */; DELETE FROM T")]
    [InlineData("SELECT '\\\\'; DELETE FROM T; -- '")]
    [InlineData("SELECT `a\\`; DELETE FROM T; -- `")]
    [InlineData("SELECT 1 --\t; '\n; DELETE FROM T")]
    [InlineData("SELECT 1 -- '\n; DELETE FROM T -- '")]
    [InlineData("SELECT 1 # '\n; DELETE FROM T # '")]
    [InlineData("SET SESSION TRANSACTION READ WRITE")]
    [InlineData("SET tx_read_only = 0")]
    [InlineData("SET STATEMENT max_statement_time = 0 FOR DELETE FROM T")]
    [InlineData("SELECT T_f()")]
    [InlineData("SELECT T_g()")]
    [InlineData("CALL T_p()")]
    [InlineData("START TRANSACTION READ WRITE")]
    [InlineData("BEGIN NOT ATOMIC COMMIT; DELETE FROM T; END")]
    [InlineData("a: BEGIN NOT ATOMIC COMMIT; DELETE FROM T; END")]
    [InlineData("PREPARE p FROM 'DELETE FROM T'")]
    [InlineData("EXECUTE IMMEDIATE 'DELETE FROM T'")]
    [InlineData("EXECUTE IMMEDIATE CONCAT('COM', 'MIT')")]
    [InlineData("ANALYZE DELETE FROM T")]
    [InlineData("ANALYZE TABLE T")]
    [InlineData("EXPLAIN DELETE FROM T; COMMIT")]
    [InlineData("WITH gone AS (SELECT 1) DELETE FROM T")]
    [InlineData("REPLACE INTO T VALUES (2)")]
    [InlineData("(DELETE FROM T)")]
    [InlineData("TRUNCATE TABLE T")]
    [InlineData("DROP TABLE T")]
    [InlineData("ALTER TABLE T ADD COLUMN x int")]
    [InlineData("CREATE TABLE T_2 AS SELECT 1")]
    [InlineData("CREATE TEMPORARY TABLE T_2 (a int)")]
    [InlineData("RENAME TABLE T TO T_2")]
    [InlineData("GRANT ALL ON shop.* TO 'x'@'%'")]
    [InlineData("LOCK TABLES T WRITE")]
    [InlineData("UNLOCK TABLES")]
    [InlineData("LOAD DATA LOCAL INFILE '/etc/passwd' INTO TABLE T")]
    [InlineData("LOAD DATA INFILE '/etc/passwd' INTO TABLE T")]
    [InlineData("SELECT * FROM T INTO OUTFILE 'FILE'")]
    [InlineData("SELECT 1 INTO/**/DUMPFILE'FILE'")]
    [InlineData("SELECT 1 into\noutfile 'FILE'")]
    [InlineData("(SELECT 1) UNION (SELECT 2 INTO OUTFILE 'FILE')")]
    [InlineData("SELECT 1e1INTO OUTFILE 'FILE'")]
    [InlineData("SELECT 1.e1INTO OUTFILE 'FILE'")]
    [InlineData("SELECT 1e1INTO/**/OUTFILE'FILE'")]
    [InlineData("SELECT 1E+1INTO DUMPFILE 'FILE'")]
    [InlineData("SELECT 1e-1into outfile 'FILE'")]
    [InlineData("SELECT 1.5INTO OUTFILE 'FILE'")]
    [InlineData("SELECT .5INTO OUTFILE 'FILE'")]
    [InlineData("SELECT 1.INTO OUTFILE 'FILE'")]
    [InlineData("SELECT 1 a, .5e3INTO OUTFILE 'FILE'")]
    [InlineData("SELECT \\NINTO OUTFILE 'FILE'")]
    [InlineData("SELECT 1 --\u007f '\n INTO OUTFILE 'FILE' -- '")]
    [InlineData("SELECT 1 --\u0001 '\n INTO OUTFILE 'FILE' -- '")]
    [InlineData("SELECT x'41'INTO OUTFILE 'FILE'")]
    [InlineData("SELECT 1 FROM T WHERE id=1e0INTO OUTFILE 'FILE'")]
    [InlineData("SELECT NEXTVAL(T_s)")]
    [InlineData("SELECT NEXT VALUE FOR T_s")]
    [InlineData("SELECT SETVAL(T_s, 50)")]
    [InlineData("DO T_f()")]
    [InlineData("XA START 'a'")]
    [InlineData("HANDLER T OPEN")]
    [InlineData("USE mysql")]
    [InlineData("FLUSH TABLES")]
    [InlineData("KILL 1")]
    [InlineData("SHUTDOWN")]
    [InlineData("DELIMITER //")]
    public async Task Nothing_is_written(string attack)
    {
        var file = fixture.Server.FileNamed(table);
        await fixture.Server.Sql("GRANT FILE ON *.* TO 'app'@'%'");
        var sql = attack.Replace("'FILE'", $"'{file}'", StringComparison.Ordinal);
        sql = System.Text.RegularExpressions.Regex.Replace(sql, @"\bT\b", table);
        sql = System.Text.RegularExpressions.Regex.Replace(sql, @"\bT_(?=[a-z2])", $"{table}_");
        var failed = await database.Fails(sql);
        Assert.Equal(FailureKind.InvalidInput, failed.Kind);
        Assert.Equal("1", await fixture.Server.Sql($"SELECT count(*) FROM {table}", "shop"));
        Assert.Equal("1", await fixture.Server.Sql($"SELECT count(*) FROM {table}_m", "shop"));
        Assert.Equal("1", await fixture.Server.Sql($"SELECT next_not_cached_value FROM {table}_s", "shop"));
        Assert.Equal("0", await fixture.Server.Sql($"SELECT count(*) FROM information_schema.tables WHERE table_name = '{table}_2'"));
        Assert.False(File.Exists(file));
        Assert.Equal("1", await database.Value("SELECT @@session.tx_read_only"));
    }

    [Theory]
    [InlineData("SELECT '\\'; DELETE FROM T; -- '")]
    [InlineData("SELECT 1 --'\n; DELETE FROM T -- '")]
    [InlineData("SELECT \"a\\\"; DELETE FROM T; # \"")]
    public async Task Keywords_inside_strings_are_allowed(string sql)
    {
        await database.Query(sql.Replace(" T", $" {table}", StringComparison.Ordinal));
        Assert.Equal("1", await fixture.Server.Sql($"SELECT count(*) FROM {table}", "shop"));
    }

    [Fact]
    public async Task Session_state_is_reset_after_each_call()
    {
        await database.Query("SELECT GET_LOCK('mine', 0)");
        Assert.Equal("1", await fixture.Server.Sql("SELECT IS_FREE_LOCK('mine')"));
        await database.Fails($"DELETE FROM {table}");
    }

    [Fact]
    public async Task With_writes_allowed_statements_that_control_the_session_are_rejected()
    {
        await using var writing = new MyDatabase(fixture.Server, allowWrites: true);
        foreach (var control in new[] { "/*! COMMIT */", "USE mysql", "LOAD DATA LOCAL INFILE '/etc/passwd' INTO TABLE orders" })
            Assert.Equal(FailureKind.InvalidInput, (await writing.Fails(control)).Kind);
        await writing.Query($"CALL {table}_p()");
        Assert.Equal("0", await fixture.Server.Sql($"SELECT count(*) FROM {table}", "shop"));
        await writing.Query($"ALTER TABLE {table} ADD COLUMN x int");
    }

    [Theory]
    [InlineData("", Delivered.No)]
    [InlineData("_m", Delivered.Maybe)]
    public async Task A_write_that_timed_out_is_rolled_back_if_the_table_supports_it(string engine, Delivered delivered)
    {
        await using var writing = new MyDatabase(fixture.Server, allowWrites: true);
        await fixture.Server.Sql("SET GLOBAL max_statement_time = 0");
        var failed = Assert.IsType<ConnectorResult.Failed>(await writing.Run(
            $"INSERT INTO {table}{engine} SELECT seq + SLEEP(seq > 3) * 0 FROM seq_1_to_10000", timeout: TimeSpan.FromSeconds(2)));
        Assert.Equal(FailureKind.Timeout, failed.Kind);
        Assert.Contains(failed.Delivered, new[] { delivered, Delivered.Maybe });
        if (engine.Length == 0) Assert.Equal("1", await fixture.Server.Sql($"SELECT count(*) FROM {table}", "shop"));
    }

    public ValueTask DisposeAsync() => database.DisposeAsync();
}
