namespace Connectors.Tests.Postgres;

public sealed class ValuesTests(PostgresFixture fixture) : IAsyncDisposable
{
    private readonly Database database = new(fixture.Server);

    [Theory]
    [InlineData("1::int2", "1")]
    [InlineData("2147483647", "2147483647")]
    [InlineData("9007199254740992::int8", "9007199254740992")]
    [InlineData("9007199254740993::int8", "\"9007199254740993\"")]
    [InlineData("(-9223372036854775808)::int8", "\"-9223372036854775808\"")]
    [InlineData("12.50::numeric", "12.50")]
    [InlineData("1234567890.123456789::numeric", "\"1234567890.123456789\"")]
    [InlineData("0.000000000000000000001::numeric", "0.000000000000000000001")]
    [InlineData("avg(x) FROM (VALUES (2.0), (3.0)) v(x)", "2.5000000000000000")]
    [InlineData("avg(x) FROM (VALUES (1), (2)) v(x)", "1.5000000000000000")]
    [InlineData("100.00000000000000000000::numeric", "100.00000000000000000000")]
    [InlineData("0.00000000000000000000::numeric", "0.00000000000000000000")]
    [InlineData("-0.50000000000000000000::numeric", "-0.50000000000000000000")]
    [InlineData("9007199254740993.00000::numeric", "\"9007199254740993.00000\"")]
    [InlineData("avg(x) FROM (VALUES (1.0), (1.0), (2.0)) v(x)", "1.3333333333333333")]
    [InlineData("'NaN'::numeric", "\"NaN\"")]
    [InlineData("'Infinity'::numeric", "\"Infinity\"")]
    [InlineData("1.5::float4", "1.5")]
    [InlineData("0.1::float8", "0.1")]
    [InlineData("0.1::float8 + 0.2::float8", "0.30000000000000004")]
    [InlineData("'NaN'::float8", "\"NaN\"")]
    [InlineData("'-Infinity'::float4", "\"-Infinity\"")]
    [InlineData("1e300::float8", "1e+300")]
    [InlineData("'-0'::float8", "-0")]
    [InlineData("true", "true")]
    [InlineData("false", "false")]
    [InlineData("NULL::int", "null")]
    [InlineData("NULL", "null")]
    [InlineData("'a\"ü€'::text", "\"a\\\"ü€\"")]
    [InlineData("''", "\"\"")]
    [InlineData("'x'::char(3)", "\"x  \"")]
    [InlineData("'x'::\"char\"", "\"x\"")]
    [InlineData("'\\xdeadbeef'::bytea", "\"3q2+7w==\"")]
    [InlineData("''::bytea", "\"\"")]
    [InlineData("DATE '2026-01-31'", "\"2026-01-31\"")]
    [InlineData("DATE 'infinity'", "\"infinity\"")]
    [InlineData("DATE '0044-03-15 BC'", "\"0044-03-15 BC\"")]
    [InlineData("DATE '200000-01-01'", "\"200000-01-01\"")]
    [InlineData("TIME '10:11:12.5'", "\"10:11:12.5\"")]
    [InlineData("TIME WITH TIME ZONE '10:11:12+02'", "\"10:11:12+02\"")]
    [InlineData("TIMESTAMP '2026-01-31 09:30:00.123456'", "\"2026-01-31T09:30:00.123456\"")]
    [InlineData("TIMESTAMPTZ '2026-01-31 09:30:00+02'", "\"2026-01-31T07:30:00Z\"")]
    [InlineData("TIMESTAMPTZ '-infinity'", "\"-infinity\"")]
    [InlineData("TIMESTAMP '0044-03-15 12:00:00 BC'", "\"0044-03-15T12:00:00 BC\"")]
    [InlineData("TIMESTAMPTZ '294276-12-31 23:59:59Z'", "\"294276-12-31T23:59:59Z\"")]
    [InlineData("INTERVAL '1 year 2 months 3 days 04:05:06.7'", "\"P1Y2M3DT4H5M6.7S\"")]
    [InlineData("'6f1c1a90-0000-4000-8000-000000000001'::uuid", "\"6f1c1a90-0000-4000-8000-000000000001\"")]
    [InlineData("'{\"a\": [1, null]}'::jsonb", "{\"a\": [1, null]}")]
    [InlineData("'[1.50, \"ü\"]'::json", "[1.50, \"ü\"]")]
    [InlineData("'\"\\ud800\"'::json", "\"\\\"\\\\ud800\\\"\"")]
    [InlineData("repeat('[', 60)::text || repeat(']', 60)", null)]
    [InlineData("(repeat('[', 60) || repeat(']', 60))::json", null)]
    [InlineData("ARRAY[1, NULL, 3]", "[1,null,3]")]
    [InlineData("ARRAY[[1,2],[3,4]]", "[[1,2],[3,4]]")]
    [InlineData("'[0:1]={7,8}'::int[]", "[7,8]")]
    [InlineData("'[-1:0][2:3]={{1,2},{3,4}}'::int[]", "[[1,2],[3,4]]")]
    [InlineData("'{}'::text[]", "[]")]
    [InlineData("ARRAY['a,b', 'c\"d', 'e\\f', '', 'NULL', NULL, '{x}']", "[\"a,b\",\"c\\\"d\",\"e\\\\f\",\"\",\"NULL\",null,\"{x}\"]")]
    [InlineData("ARRAY['{\"a\":1}'::jsonb]", "[{\"a\": 1}]")]
    [InlineData("ARRAY[9007199254740993]", "[\"9007199254740993\"]")]
    [InlineData("ARRAY['\\x01'::bytea]", "[\"AQ==\"]")]
    [InlineData("ARRAY[TIMESTAMPTZ '2026-01-31 09:30:00Z']", "[\"2026-01-31T09:30:00Z\"]")]
    [InlineData("ARRAY['((1,2),(3,4))'::box, '((5,6),(7,8))'::box]", "[\"(3,4),(1,2)\",\"(7,8),(5,6)\"]")]
    [InlineData("'1 2 3'::int2vector", "\"1 2 3\"")]
    [InlineData("ROW(1, 'a b', NULL)", "\"(1,\\\"a b\\\",)\"")]
    [InlineData("'[1,5)'::int4range", "\"[1,5)\"")]
    [InlineData("'{[1,2),[5,6)}'::int4multirange", "\"{[1,2),[5,6)}\"")]
    [InlineData("'10.0.0.0/8'::cidr", "\"10.0.0.0/8\"")]
    [InlineData("'10.0.0.1'::inet", "\"10.0.0.1\"")]
    [InlineData("'08:00:2b:01:02:03'::macaddr", "\"08:00:2b:01:02:03\"")]
    [InlineData("'(1,2)'::point", "\"(1,2)\"")]
    [InlineData("'a b'::tsvector", "\"'a' 'b'\"")]
    [InlineData("B'101'", "\"101\"")]
    [InlineData("12.34::money", "\"$12.34\"")]
    [InlineData("'<a/>'::xml", "\"<a/>\"")]
    [InlineData("1::oid", "1")]
    [InlineData("'0/16B3748'::pg_lsn", "\"0/16B3748\"")]
    [InlineData("'pg_class'::regclass", "\"pg_class\"")]
    [InlineData("'=r/postgres'::aclitem", "\"=r/postgres\"")]
    [InlineData("pg_sleep(0)", "null")]
    public async Task Each_type_has_a_JSON_form(string expression, string? json)
    {
        var value = await database.Value($"SELECT {expression}");
        if (json is not null) Assert.Equal(json, value);
    }

    [Fact]
    public async Task Every_base_type_of_the_server_can_be_returned()
    {
        var types = await database.Query(
            "SELECT format_type(oid, NULL) FROM pg_type WHERE typtype IN ('b', 'r', 'm') AND typname !~ '^_pg_' AND oid < 16384 ORDER BY oid", maxRows: 1000);
        var names = types.GetProperty("rows").EnumerateArray().Select(r => r[0].GetString()!).ToList();
        Assert.True(names.Count > 100, $"only {names.Count} types");
        Assert.False(types.GetProperty("truncated").GetBoolean());
        foreach (var part in names.Chunk(40))
        {
            var answer = await database.Query("SELECT " + string.Join(", ", part.Select(n => $"NULL::{n}")));
            var columns = answer.GetProperty("columns").EnumerateArray().Select(c => c.GetProperty("type").GetString()!).ToList();
            Assert.Equal(part, columns);
        }
    }

    [Fact]
    public async Task User_defined_types_have_a_JSON_form()
    {
        await fixture.Server.Sql(
            """
            CREATE TYPE mood AS ENUM ('sad', 'very happy'); CREATE DOMAIN positive AS int CHECK (VALUE > 0);
            CREATE TYPE pair AS (a int, b text); CREATE EXTENSION IF NOT EXISTS hstore;
            """, "shop");
        var answer = await database.Query(
            """
            SELECT 'very happy'::mood, 5::positive, ROW(1, 'x')::pair, ARRAY['sad', 'very happy']::mood[], ARRAY[ROW(1, 'x y')::pair], 'a=>1'::hstore, ARRAY[1,2]::positive[]
            """);
        Assert.Equal(
            """["very happy",5,"(1,x)",["sad","very happy"],["(1,\"x y\")"],"\"a\"=>\"1\"",[1,2]]""",
            answer.GetProperty("rows")[0].GetRawText());
        Assert.Equal("mood[]", answer.GetProperty("columns")[3].GetProperty("type").GetString());
    }

    [Fact]
    public async Task Columns_may_share_a_name_and_are_optional()
    {
        var answer = await database.Query("SELECT 1 AS a, 'x' AS a");
        Assert.Equal("""[{"name":"a","type":"integer"},{"name":"a","type":"text"}]""", answer.GetProperty("columns").GetRawText());
        Assert.Equal("[[]]", (await database.Query("SELECT")).GetProperty("rows").GetRawText());
    }

    [Fact]
    public async Task Role_settings_do_not_change_JSON_forms()
    {
        await fixture.Server.Sql(
            """
            CREATE ROLE odd LOGIN PASSWORD 'odd-password';
            ALTER ROLE odd SET DateStyle = 'German'; ALTER ROLE odd SET IntervalStyle = 'postgres_verbose'; ALTER ROLE odd SET TimeZone = 'Asia/Tokyo';
            ALTER ROLE odd SET bytea_output = 'escape'; ALTER ROLE odd SET extra_float_digits = -3; ALTER ROLE odd SET standard_conforming_strings = off;
            """);
        var result = await database.Run(
            "SELECT DATE '2026-01-31', TIMESTAMPTZ '2026-01-31 09:30Z', '\\x00ff'::bytea, 0.1::float8 + 0.2::float8, INTERVAL '1 day', 'a\\b'",
            use: database.Use(user: "odd", password: "odd-password"));
        Assert.Equal(
            """["2026-01-31","2026-01-31T09:30:00Z","AP8=",0.30000000000000004,"P1D","a\\b"]""",
            Assert.IsType<Connections.Connectors.ConnectorResult.Done>(result).Output.GetProperty("rows")[0].GetRawText());
    }

    public ValueTask DisposeAsync() => database.DisposeAsync();
}
