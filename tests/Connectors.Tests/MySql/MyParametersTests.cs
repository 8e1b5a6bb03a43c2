using System.Text.Json.Nodes;
using Connections.Domain;

namespace Connectors.Tests.MySql;

public sealed class MyParametersTests(MariaDbFixture fixture) : IAsyncDisposable
{
    private readonly MyDatabase database = new(fixture.Server);

    [Fact]
    public async Task A_list_fills_placeholders_in_order() =>
        Assert.Equal("3", await database.Value("SELECT count(*) FROM orders WHERE id = ? OR id BETWEEN ? AND ? -- ?", List(1, 4, 5)));

    [Fact]
    public async Task An_object_fills_named_placeholders() => Assert.Equal(
        """[1,"x",1]""",
        (await database.Query("SELECT :a, @b, :a -- :c\n FROM dual WHERE '@b' <> ':a'", new { a = 1, b = "x" })).GetProperty("rows")[0].GetRawText());

    [Fact]
    public async Task A_text_is_converted_to_the_type_of_its_placeholder() =>
        Assert.Equal("1", await database.Value("SELECT count(*) FROM orders WHERE placed = ? AND total = ?", List("2026-01-03", "3.00")));

    [Theory]
    [InlineData("[5]", "5")]
    [InlineData("[5000000000]", "5000000000")]
    [InlineData("[18446744073709551615]", "\"18446744073709551615\"")]
    [InlineData("[true]", "1")]
    [InlineData("[\"x\"]", "\"x\"")]
    [InlineData("[\"'; DROP TABLE orders; -- \\\\\"]", "\"'; DROP TABLE orders; -- \\\\\"")]
    [InlineData("[1.25]", "1.25")]
    [InlineData("[1e300]", "1e+300")]
    [InlineData("[null]", "null")]
    [InlineData("[{\"a\": [1]}]", "\"{\\\"a\\\":[1]}\"")]
    public async Task A_value_reaches_the_server_unchanged(string parameters, string json) =>
        Assert.Equal(json, await database.Value("SELECT ?", JsonNode.Parse(parameters)));

    [Theory]
    [InlineData("SELECT ?, ?", "[1]")]
    [InlineData("SELECT ?", "[1, 2]")]
    [InlineData("SELECT 1", "[1]")]
    [InlineData("SELECT ?", "{\"a\": 1}")]
    [InlineData("SELECT :a", "{\"a\": 1, \"b\": 2}")]
    [InlineData("SELECT @a := 5", null)]
    [InlineData("SELECT @a, @b", "{\"a\": 1}")]
    [InlineData("SELECT ?", null)]
    public async Task Wrong_parameters_are_invalid_input(string sql, string? parameters)
    {
        var failed = await database.Fails(sql, parameters is null ? null : JsonNode.Parse(parameters));
        Assert.Equal(FailureKind.InvalidInput, failed.Kind);
        Assert.Equal("1", await database.Value("SELECT 1"));
    }

    private static object?[] List(params object?[] values) => values;

    public ValueTask DisposeAsync() => database.DisposeAsync();
}
