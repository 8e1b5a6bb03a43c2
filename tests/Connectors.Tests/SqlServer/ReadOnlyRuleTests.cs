using System.Text.Json;
using Connections.Connectors.SqlServer;

namespace Connectors.Tests.SqlServer;

public sealed class ReadOnlyRuleTests
{
    public static TheoryData<string> Writes => [.. Cases("Writes.sql")];

    public static TheoryData<string> Reads => [.. Cases("Reads.sql")];

    [Theory]
    [MemberData(nameof(Writes))]
    public void A_statement_that_may_write_is_rejected(string sql)
    {
        Assert.Null(Parse(sql, allowWrites: false, out var problem));
        Assert.False(string.IsNullOrEmpty(problem));
    }

    [Theory]
    [MemberData(nameof(Reads))]
    public void A_statement_that_only_reads_is_accepted(string sql)
    {
        Assert.NotNull(Parse(sql, allowWrites: false, out var problem));
        Assert.Null(problem);
    }

    [Fact]
    public void The_lists_are_not_short()
    {
        Assert.True(Cases("Writes.sql").Length >= 60);
        Assert.True(Cases("Reads.sql").Length >= 60);
    }

    [Theory]
    [InlineData("INSERT INTO t VALUES (1)")]
    [InlineData("EXEC dbo.p @a = 1")]
    [InlineData("DECLARE @x int = 1;")]
    [InlineData("SELECT 1 AS a INTO #t")]
    [InlineData("CREATE PROCEDURE p AS SELECT 1")]
    [InlineData("IF 1 = 1 BEGIN DELETE t; DELETE u END")]
    [InlineData("SELECT NEXT VALUE FOR s")]
    public void A_connection_that_allows_writes_accepts(string sql) => Assert.NotNull(Parse(sql, allowWrites: true, out _));

    [Theory]
    [InlineData("COMMIT")]
    [InlineData("BEGIN TRANSACTION")]
    [InlineData("ROLLBACK")]
    [InlineData("SAVE TRANSACTION a")]
    [InlineData("IF 1 = 1 COMMIT")]
    [InlineData("USE master")]
    [InlineData("SET ROWCOUNT 5")]
    [InlineData("SET IMPLICIT_TRANSACTIONS ON")]
    [InlineData("SET TRANSACTION ISOLATION LEVEL SERIALIZABLE")]
    [InlineData("EXECUTE AS USER = 'a'")]
    [InlineData("DELETE t; DELETE u")]
    [InlineData("DELETE t\nGO\nDELETE u")]
    [InlineData("DELETE t\nGO")]
    [InlineData("INSER INTO t VALUES (1)")]
    [InlineData("-- nothing")]
    [InlineData("EXEC sys.sp_create_streaming_job @a, @b")] // the parser throws
    public void A_connection_that_allows_writes_rejects(string sql) => Assert.Null(Parse(sql, allowWrites: true, out _));

    [Fact]
    public void Deep_and_long_statements_end_as_a_message()
    {
        string[] statements =
        [
            $"SELECT {new string('(', 60_000)}1{new string(')', 60_000)}",
            $"SELECT {Many("CASE WHEN ", 12_000)} 1",
            $"SELECT {Many("~", 100_000)}1",
            $"SELECT {Many("1+", 60_000)}1",
            Many("SELECT 1 UNION ALL ", 6_000) + "SELECT 1",
            Many("/*", 60_000),
            $"SELECT 1 WHERE {Many("NOT ", 30_000)} 1 = 1",
            Many("IF 1=1 ", 18_000) + "SELECT 1",
            Many("BEGIN ", 20_000),
            $"SELECT * FROM {Many("(a JOIN ", 90)}t{Many(" ON 1 = 1)", 90)}",
            $"SELECT * FROM {Many("((a JOIN b ON (1 = 1)) CROSS APPLY ", 30)}t{Many(")", 30)}"
        ];
        foreach (var sql in statements) Assert.Null(Parse(sql, allowWrites: true, out _) ?? Parse(sql, allowWrites: false, out _));
    }

    [Theory]
    [InlineData("UPDATE t SET a = 1", true)]
    [InlineData("WITH c AS (SELECT 1 AS a) INSERT INTO t SELECT a FROM c", true)]
    [InlineData("MERGE t USING u ON t.a = u.a WHEN MATCHED THEN DELETE;", true)]
    [InlineData("EXEC dbo.p", false)]
    [InlineData("INSERT INTO t EXEC dbo.p", false)]
    [InlineData("INSERT INTO t SELECT * FROM OPENQUERY(linked, 'EXEC p')", false)]
    [InlineData("DELETE linked.shop.dbo.t", false)]
    [InlineData("IF 1 = 1 DELETE t", false)]
    [InlineData("TRUNCATE TABLE t", false)]
    [InlineData("CREATE TABLE t (a int)", false)]
    public void A_statement_that_only_changes_rows_is_undone_as_a_whole(string sql, bool expected) =>
        Assert.Equal(expected, Parse(sql, allowWrites: true, out _)!.OnlyChangesRows);

    [Theory]
    [InlineData("~", 19_000)]
    [InlineData("- ", 19_000)]
    [InlineData("1+", 9_900)]
    public void A_long_statement_within_the_limits_is_parsed(string part, int count) =>
        Assert.NotNull(Parse($"SELECT {Many(part, count)}1", allowWrites: false, out _));

    [Fact]
    public void Parameters_are_named_or_numbered()
    {
        var named = Parse("SELECT :one, @Two, ':one' -- :one", allowWrites: false, out _, new { one = 1, two = 2 })!;
        Assert.Equal("SELECT @one, @Two, ':one' -- :one", named.Text);
        Assert.Equal(["one", "two"], named.Values.Select(v => v.Key));
        Assert.Equal(["p1", "p2"], Parse("SELECT @p1, @p2", allowWrites: false, out _, new[] { 1, 2 })!.Values.Select(v => v.Key));
        Assert.Null(Parse("SELECT @p1", allowWrites: false, out var problem, new[] { 1, 2 }));
        Assert.Contains("@p2", problem, StringComparison.Ordinal);
    }

    private static SqlServerStatement? Parse(string sql, bool allowWrites, out string? problem, object? parameters = null) =>
        SqlServerStatement.Parse(
        JsonSerializer.SerializeToElement(parameters is null ? (object)new { sql } : new { sql, parameters }), allowWrites, out problem);

    private static string Many(string part, int count) => string.Concat(Enumerable.Repeat(part, count));

    // Statements are separated by lines of four hyphens.
    private static string[] Cases(string file)
    {
        using var reader = new StreamReader(typeof(ReadOnlyRuleTests).Assembly.GetManifestResourceStream($"SqlServer.{file}")!);
        return reader.ReadToEnd().Split("\n----\n").Select(sql => sql.TrimEnd('\n')).ToArray();
    }
}
