using Connections.Domain;

namespace Connectors.Tests.Postgres;

public sealed class ParametersTests(PostgresFixture fixture) : IAsyncDisposable
{
    private readonly Database database = new(fixture.Server);

    [Fact]
    public async Task A_list_fills_numbered_placeholders() =>
        Assert.Equal("3", await database.Value("SELECT count(*) FROM orders WHERE id = $1 OR id BETWEEN $2 AND $3", List(1, 4, 5)));

    [Fact]
    public async Task An_object_fills_named_placeholders() =>
        Assert.Equal("[1,\"x\",1]", (await database.Query(
            "SELECT :a::int, @b, :a -- :c\n WHERE '@b' <> ':a' AND ARRAY[1,2] @> ARRAY[1]", new { a = 1, b = "x" })).GetProperty("rows")[0].GetRawText());

    [Fact]
    public async Task A_text_takes_the_type_of_its_position() =>
        Assert.Equal("1", await database.Value("SELECT count(*) FROM orders WHERE placed = $1 AND total = $2", List("2026-01-03", "3.00")));

    [Theory]
    [InlineData(5, "integer", "5")]
    [InlineData(5_000_000_000L, "bigint", "5000000000")]
    [InlineData(true, "boolean", "true")]
    [InlineData("x", "text", "\"x\"")]
    [InlineData(1.25, "numeric", "1.25")]
    public async Task A_value_has_the_type_of_a_literal(object value, string type, string json)
    {
        var answer = await database.Query("SELECT $1", List(value));
        Assert.Equal(type, answer.GetProperty("columns")[0].GetProperty("type").GetString());
        Assert.Equal(json, answer.GetProperty("rows")[0][0].GetRawText());
    }

    [Fact]
    public async Task Objects_and_lists_are_jsonb() =>
        Assert.Equal("[{\"a\": [1]}, [1, 2]]", await database.Value("SELECT jsonb_build_array($1, $2)", List(new { a = List(1) }, List(1, 2))));

    [Fact]
    public async Task Null_is_null() => Assert.Equal("true", await database.Value("SELECT $1::int IS NULL", List([null])));

    [Fact]
    public async Task Numbers_larger_than_any_NET_type_fit_a_numeric() => Assert.Equal(
        "\"123456789012345678901234567890123456\"",
        await database.Value("SELECT $1::numeric", System.Text.Json.Nodes.JsonNode.Parse("[123456789012345678901234567890123456]")));

    [Theory]
    [InlineData("SELECT $1, $2", "[1]")]
    [InlineData("SELECT :a", "{\"a\": 1, \"b\": 2}")]
    [InlineData("SELECT $1::int", "[\"x\"]")]
    public async Task Wrong_parameters_are_invalid_input(string sql, string parameters)
    {
        var failed = await database.Fails(sql, System.Text.Json.Nodes.JsonNode.Parse(parameters));
        Assert.Equal(FailureKind.InvalidInput, failed.Kind);
        Assert.Equal("1", await database.Value("SELECT 1"));
    }

    private static object?[] List(params object?[] values) => values;

    public ValueTask DisposeAsync() => database.DisposeAsync();
}
