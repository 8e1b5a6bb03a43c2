using System.Text.Json;
using Connections.Connectors.Postgres;

namespace Connectors.Tests.Postgres;

public sealed class SqlScannerTests
{
    [Theory]
    [InlineData("SELECT 1;", "SELECT 1")]
    [InlineData("SELECT 1 ; ; -- done", "SELECT 1 ")]
    [InlineData("SELECT ';' ; /* ; */", "SELECT ';' ")]
    [InlineData("SELECT 'it''s; fine'", null)]
    [InlineData("SELECT E'a\\'; b'", null)]
    [InlineData("SELECT $$ ; $$, $x$ $$ ; $x$", null)]
    [InlineData("SELECT \"a;b\" /* /* ; */ ; */ -- ;", null)]
    [InlineData("SELECT 'a\\' || 'b;'", null)]
    [InlineData("SELECT a$b$ FROM t", null)]
    [InlineData("SELECT E'a' -- c\n 'b\\'; c'", null)]
    public void One_statement_is_accepted(string sql, string? text) => Assert.Equal(text ?? sql, Parse(sql, out _)?.Text);

    [Theory]
    [InlineData("SELECT 1; SELECT 2")]
    [InlineData("SELECT '; SELECT 2")]
    [InlineData("SELECT 'a\\'; DELETE FROM orders --'")]
    [InlineData("SELECT E'a'\n'b\\'' ; COMMIT; DELETE FROM orders --'")]
    [InlineData("SELECT $a$ ; COMMIT")]
    [InlineData("SELECT /* ; COMMIT")]
    [InlineData("SELECT \"a ; COMMIT")]
    [InlineData("SELECT x\u00a0E'a\\'; COMMIT; --'")]
    [InlineData("SELECT 1\0; COMMIT")]
    [InlineData("")]
    [InlineData("  -- nothing\n ;")]
    [InlineData("COMMIT")]
    [InlineData("/* x */ rollback")]
    [InlineData("SET transaction_read_only = off")]
    [InlineData("SET SESSION CHARACTERISTICS AS TRANSACTION READ WRITE")]
    [InlineData("START TRANSACTION READ WRITE")]
    [InlineData("PREPARE TRANSACTION 'x'")]
    [InlineData("COPY orders TO STDOUT")]
    public void Anything_but_one_statement_is_rejected(string sql)
    {
        Assert.Null(Parse(sql, out var problem));
        Assert.NotEmpty(problem!);
    }

    [Theory]
    [InlineData("SELECT :a", "SELECT $1")]
    [InlineData("SELECT @a, :b, @a", "SELECT $1, $2, $1")]
    [InlineData("SELECT x::a, ':a', \":a\", :b, :a", "SELECT x::a, ':a', \":a\", $1, $2")]
    [InlineData("SELECT l[1:2], :c, @@a, x @> y, a := :a, :b", "SELECT l[1:2], :c, @@a, x @> y, a := $1, $2")]
    [InlineData("SELECT (:a)::int + :b", "SELECT ($1)::int + $2")]
    public void Names_become_placeholders(string sql, string text) => Assert.Equal(text, Parse(sql, out _, new { a = 1, b = 2 }, strict: false)?.Text);

    private static SqlStatement? Parse(string sql, out string? problem, object? parameters = null, bool strict = true)
    {
        if (!strict && !sql.Contains(":b", StringComparison.Ordinal)) parameters = new { a = 1 };
        return SqlStatement.Parse(JsonSerializer.SerializeToElement(new { sql, parameters = parameters ?? Array.Empty<int>() }), out problem);
    }
}
