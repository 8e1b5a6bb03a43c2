namespace Connectors.Tests.MySql;

public sealed class MyValuesTests(MariaDbFixture fixture) : IAsyncLifetime
{
    private readonly MyDatabase database = new(fixture.Server);
    private readonly string table = $"valued_{Guid.CreateVersion7():n}";

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    [Theory]
    [InlineData("tinyint", "-128", "tinyint", "-128")]
    [InlineData("tinyint(1)", "1", "tinyint", "1")]
    [InlineData("boolean", "true", "tinyint", "1")]
    [InlineData("tinyint unsigned", "255", "tinyint unsigned", "255")]
    [InlineData("smallint", "-32768", "smallint", "-32768")]
    [InlineData("smallint unsigned", "65535", "smallint unsigned", "65535")]
    [InlineData("mediumint", "-8388608", "mediumint", "-8388608")]
    [InlineData("mediumint unsigned", "16777215", "mediumint unsigned", "16777215")]
    [InlineData("int", "-2147483648", "int", "-2147483648")]
    [InlineData("int unsigned", "4294967295", "int unsigned", "4294967295")]
    [InlineData("int(5) zerofill", "42", "int unsigned", "42")]
    [InlineData("bigint", "9007199254740992", "bigint", "9007199254740992")]
    [InlineData("bigint", "-9223372036854775808", "bigint", "\"-9223372036854775808\"")]
    [InlineData("bigint unsigned", "18446744073709551615", "bigint unsigned", "\"18446744073709551615\"")]
    [InlineData("decimal(5,2)", "12.50", "decimal", "12.50")]
    [InlineData("decimal(65,30)", "12345678901234567890123456789012345.123456789012345678901234567891", "decimal", "\"12345678901234567890123456789012345.123456789012345678901234567891\"")]
    [InlineData("decimal(10,0)", "-7", "decimal", "-7")]
    [InlineData("decimal(40,25)", "2.5", "decimal", "2.5000000000000000000000000")]
    [InlineData("decimal(40,20)", "9007199254740993", "decimal", "\"9007199254740993.00000000000000000000\"")]
    [InlineData("float", "0.1", "float", "0.1")]
    [InlineData("float", "16777216", "float", "16777216")]
    [InlineData("double", "0.30000000000000004", "double", "0.30000000000000004")]
    [InlineData("double", "1e300", "double", "1e+300")]
    [InlineData("bit(1)", "b'1'", "bit", "1")]
    [InlineData("bit(64)", "b'1111111111111111111111111111111111111111111111111111111111111111'", "bit", "\"18446744073709551615\"")]
    [InlineData("date", "'2026-01-31'", "date", "\"2026-01-31\"")]
    [InlineData("date", "'0000-00-00'", "date", "\"0000-00-00\"")]
    [InlineData("date", "'2026-00-00'", "date", "\"2026-00-00\"")]
    [InlineData("date", "'9999-12-31'", "date", "\"9999-12-31\"")]
    [InlineData("datetime", "'2026-01-31 09:30:00'", "datetime", "\"2026-01-31T09:30:00\"")]
    [InlineData("datetime(6)", "'2026-01-31 09:30:00.123456'", "datetime", "\"2026-01-31T09:30:00.123456\"")]
    [InlineData("datetime(3)", "'2026-01-31 09:30:00.500'", "datetime", "\"2026-01-31T09:30:00.5\"")]
    [InlineData("datetime", "'0000-00-00 00:00:00'", "datetime", "\"0000-00-00T00:00:00\"")]
    [InlineData("timestamp", "'2026-01-31 09:30:00'", "timestamp", "\"2026-01-31T09:30:00Z\"")]
    [InlineData("timestamp(6) null", "'2026-01-31 09:30:00.000001'", "timestamp", "\"2026-01-31T09:30:00.000001Z\"")]
    [InlineData("time", "'10:11:12'", "time", "\"10:11:12\"")]
    [InlineData("time", "'838:59:59'", "time", "\"838:59:59\"")]
    [InlineData("time(6)", "'-838:59:59.000000'", "time", "\"-838:59:59\"")]
    [InlineData("time(6)", "'-25:00:00.250000'", "time", "\"-25:00:00.25\"")]
    [InlineData("time", "'00:00:00'", "time", "\"00:00:00\"")]
    [InlineData("year", "2026", "year", "2026")]
    [InlineData("year", "0000", "year", "0")]
    [InlineData("char(3)", "'x'", "char", "\"x\"")]
    [InlineData("char(36)", "'6f1c1a90-0000-4000-8000-000000000001'", "char", "\"6f1c1a90-0000-4000-8000-000000000001\"")]
    [InlineData("varchar(20)", "'a\"ü€😀'", "varchar", "\"a\\\"ü€\\uD83D\\uDE00\"")]
    [InlineData("varchar(20) character set latin1", "'ü'", "varchar", "\"ü\"")]
    [InlineData("varchar(20)", "''", "varchar", "\"\"")]
    [InlineData("tinytext", "'t'", null, "\"t\"")]
    [InlineData("text", "'t'", "text", "\"t\"")]
    [InlineData("mediumtext", "'t'", null, "\"t\"")]
    [InlineData("longtext", "'t'", null, "\"t\"")]
    [InlineData("binary(4)", "x'deadbeef'", "binary", "\"3q2+7w==\"")]
    [InlineData("binary(16)", "x'00000000000000000000000000000001'", "binary", "\"AAAAAAAAAAAAAAAAAAAAAQ==\"")]
    [InlineData("varbinary(4)", "x'00ff'", "varbinary", "\"AP8=\"")]
    [InlineData("tinyblob", "x'00'", null, "\"AA==\"")]
    [InlineData("blob", "''", "blob", "\"\"")]
    [InlineData("longblob", "x'01'", null, "\"AQ==\"")]
    [InlineData("enum('a','b')", "'b'", "enum", "\"b\"")]
    [InlineData("set('a','b','c')", "'a,c'", "set", "\"a,c\"")]
    [InlineData("json", "'{\"a\": [1]}'", null, null)]
    [InlineData("point", "ST_GeomFromText('POINT(1 2)')", "geometry", "\"AAAAAAEBAAAAAAAAAAAA8D8AAAAAAAAAQA==\"")]
    [InlineData("uuid", "'6f1c1a90-0000-4000-8000-000000000001'", null, "\"6f1c1a90-0000-4000-8000-000000000001\"")]
    [InlineData("inet6", "'::1'", null, "\"::1\"")]
    [InlineData("int", "null", "int", "null")]
    [InlineData("geometry", "null", "geometry", "null")]
    public async Task Each_type_has_a_JSON_form(string type, string value, string? named, string? json)
    {
        await fixture.Server.Sql($"SET sql_mode = ''; SET time_zone = '+00:00'; CREATE OR REPLACE TABLE {table} (v {type}); INSERT INTO {table} VALUES ({value})", "shop");
        var answer = await database.Query($"SELECT v FROM {table}");
        if (json is not null) Assert.Equal(json, answer.GetProperty("rows")[0][0].GetRawText());
        if (named is not null) Assert.Equal(named, answer.GetProperty("columns")[0].GetProperty("type").GetString());
    }

    [Theory]
    [InlineData("1 + 1", "2")]
    [InlineData("1 / 3", "0.3333")]
    [InlineData("NULL", "null")]
    [InlineData("'x'", "\"x\"")]
    [InlineData("CAST('a' AS BINARY)", "\"YQ==\"")]
    [InlineData("@@session.time_zone", "\"+00:00\"")]
    [InlineData("1 = 1", "1")]
    [InlineData("TIMESTAMP '2026-01-31 09:30:00'", "\"2026-01-31T09:30:00\"")]
    [InlineData("FROM_UNIXTIME(0)", "\"1970-01-01T00:00:00\"")]
    [InlineData("1e-7", "1e-07")]
    public async Task Expressions_have_JSON_forms(string expression, string json) => Assert.Equal(json, await database.Value($"SELECT {expression}"));

    [Fact]
    public async Task Columns_may_share_a_name_and_a_write_without_rows_has_none()
    {
        var answer = await database.Query("SELECT 1 AS a, 'x' AS a");
        Assert.Equal("""[{"name":"a","type":"int"},{"name":"a","type":"varchar"}]""", answer.GetProperty("columns").GetRawText());
        await using var writing = new MyDatabase(fixture.Server, allowWrites: true);
        Assert.Equal("""{"columns":[],"rows":[],"truncated":false,"rowsAffected":0}""", (await writing.Query("DELETE FROM orders WHERE id = 100000")).GetRawText());
    }

    [Fact]
    public async Task Server_settings_do_not_change_JSON_forms()
    {
        await using var odd = new MyDatabase(fixture.Server);
        await fixture.Server.Sql("SET GLOBAL sql_mode = 'ANSI,NO_BACKSLASH_ESCAPES'; SET GLOBAL time_zone = '+09:00'");
        try
        {
            Assert.Equal(
                """["a'b","x","+00:00"]""",
                (await odd.Query("SELECT 'a\\'b', \"x\", @@session.time_zone")).GetProperty("rows")[0].GetRawText());
        }
        finally
        {
            await fixture.Server.Sql("SET GLOBAL sql_mode = DEFAULT; SET GLOBAL time_zone = DEFAULT");
        }
    }

    public async ValueTask DisposeAsync()
    {
        await database.DisposeAsync();
        await fixture.Server.Sql($"DROP TABLE IF EXISTS {table}", "shop");
    }
}
