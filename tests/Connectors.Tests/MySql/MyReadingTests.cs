namespace Connectors.Tests.MySql;

public sealed class MyReadingTests(MariaDbFixture fixture) : IAsyncDisposable
{
    private readonly MyDatabase database = new(fixture.Server);

    [Theory]
    [InlineData("SELECT ';' AS a -- ; DELETE\n;", "\";\"")]
    [InlineData("(SELECT 1) UNION (SELECT 1)", "1")]
    [InlineData("WITH a AS (SELECT 2 AS x) SELECT x FROM a", "2")]
    [InlineData("SELECT /*+ MAX_EXECUTION_TIME(1000) */ 3", "3")]
    [InlineData("VALUES (4)", "4")]
    [InlineData("SELECT 'a\\'b' /* ; */", "\"a'b\"")]
    [InlineData("SELECT 'a''b'", "\"a'b\"")]
    [InlineData("SELECT 'INTO OUTFILE'", "\"INTO OUTFILE\"")]
    [InlineData("SELECT 5--1", "6")]
    [InlineData("SHOW DATABASES LIKE 'shop'", "\"shop\"")]
    [InlineData("SELECT 1e1a", "10")]
    [InlineData("SELECT 1.5FROM orders LIMIT 1", "1.5")]
    [InlineData("SELECT 1e1UNION SELECT 10", "10")]
    [InlineData("SELECT 0x41", "\"QQ==\"")]
    public async Task Reading_statements_return_rows(string sql, string json) => Assert.Equal(json, await database.Value(sql));

    [Fact]
    public async Task EXPLAIN_returns_rows()
    {
        Assert.Equal(1, (await database.Query("EXPLAIN SELECT * FROM orders")).GetProperty("rows").GetArrayLength());
        Assert.NotEqual(0, (await database.Query("SHOW GRANTS FOR 'app'@'%'")).GetProperty("rows").GetArrayLength());
        Assert.Equal(3, (await database.Query("DESCRIBE orders")).GetProperty("rows").GetArrayLength());
    }

    public ValueTask DisposeAsync() => database.DisposeAsync();
}
