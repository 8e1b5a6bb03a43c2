using System.Text;
using System.Text.Json;

namespace Api.Tests;

/// <summary>A request that cannot be read gets a problem that names the part at fault and what it has to be.</summary>
public sealed class MalformedRequestTests(SharedApi shared) : IClassFixture<SharedApi>
{
    private const string Id = "0197a8c4-5d0e-7c3b-9a51-3f1f0c6f2b11";

    [Theory]
    [InlineData("application/json; charset=utf8", 404)]
    [InlineData("application/json; charset=\"utf-8\"", 404)]
    [InlineData("application/json; charset=UTF-8", 404)]
    [InlineData("application/json;", 404)]
    [InlineData("Application/JSON", 404)]
    [InlineData("application/json; charset=nonsense", 415)]
    [InlineData("application/json; charset=\"\"", 404)]
    [InlineData("text/plain", 415)]
    [InlineData("nonsense", 415)]
    public async Task The_content_type_decides_how_the_body_is_read(string type, int status)
    {
        var problem = await Send(HttpMethod.Post, "/api/connections", """{"connector": "nonesuch", "name": "Zoë"}"""u8.ToArray(), type);
        Assert.Equal(status, problem.GetProperty("status").GetInt32());
    }

    [Theory]
    [InlineData("utf-16")]
    [InlineData("utf-16BE")]
    [InlineData("iso-8859-1")]
    public async Task A_body_in_another_encoding_is_read_as_its_content_type_says(string charset)
    {
        var encoding = Encoding.GetEncoding(charset);
        byte[] body = [.. encoding.GetPreamble(), .. encoding.GetBytes("""{"name": "Zoë", "role": "viewer"}""")];
        var created = await Send(HttpMethod.Post, "/api/keys", body, $"application/json; charset={charset}");
        Assert.Equal("Zoë", created.GetProperty("name").GetString());
    }

    [Fact]
    public async Task A_byte_order_mark_is_no_part_of_the_body()
    {
        var created = await Send(HttpMethod.Post, "/api/keys", [.. Encoding.UTF8.GetPreamble(), .. """{"name": "a", "role": "viewer"}"""u8], "application/json");
        Assert.Equal("a", created.GetProperty("name").GetString());
    }

    [Theory]
    [InlineData("/api/activities", """{"connectionId": "0197a8c4-5d0e-7c3b-9a51-3f1f0c6f2b11", "activity": "run-query", "input": {"sql": "select '*'"}}""")]
    [InlineData("/api/connections", """{"connector": "postgres", "name": "*"}""")]
    [InlineData("/api/connections/test", """{"connector": "postgres", "settings": {"host": "*"}}""")]
    [InlineData("/api/connections/test", """{"connector": "postgres", "credentials": {"password": "*"}}""")]
    [InlineData("/api/secrets", """{"credentials": {"password": "*"}}""")]
    [InlineData("/api/keys", """{"name": "*", "role": "viewer"}""")]
    public async Task Bytes_that_are_not_UTF_8_are_rejected(string path, string body)
    {
        foreach (var broken in new byte[][] { [0xEB], [0xFF], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xE2, 0x82], [0xF5, 0x80, 0x80, 0x80] })
        {
            var parts = body.Split('*');
            byte[] bytes = [.. Encoding.UTF8.GetBytes(parts[0]), .. broken, .. Encoding.UTF8.GetBytes(parts[1])];
            var problem = await Send(HttpMethod.Post, path, bytes, "application/json");
            Assert.Equal((400, "request.malformed"), (problem.GetProperty("status").GetInt32(), problem.GetProperty("code").GetString()));
            Assert.Contains("utf-8", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("/api/connections/test", """{"connector": "a", "connector": "b"}""")]
    [InlineData("/api/connections/test", """{"connector": "postgres", "settings": {"host": "a", "host": "b"}}""")]
    [InlineData("/api/activities", """{"connectionId": "0197a8c4-5d0e-7c3b-9a51-3f1f0c6f2b11", "activity": "a", "input": {"x": [{"y": 1, "y": 2}]}}""")]
    [InlineData("/api/secrets", """{"credentials": {"password": "a", "password": "b"}}""")]
    public async Task A_field_that_is_given_twice_is_rejected(string path, string body)
    {
        var problem = await Send(HttpMethod.Post, path, Encoding.UTF8.GetBytes(body), "application/json");
        Assert.Equal(400, problem.GetProperty("status").GetInt32());
        Assert.Contains("given twice", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/api/connections", """{"id": "none"}""", "id", "a UUID")]
    [InlineData("/api/connections", """{"id": 7}""", "id", "a UUID")]
    [InlineData("/api/connections", """{"name": 7}""", "name", "text")]
    [InlineData("/api/connections", """{"skipTest": "yes"}""", "skipTest", "true or false")]
    [InlineData("/api/connections", """{"rotateBy": "tomorrow"}""", "rotateBy", "a time")]
    [InlineData("/api/connections", """{"rotateBy": 7}""", "rotateBy", "a time")]
    [InlineData("/api/activities", """{"deadlineSeconds": "60"}""", "deadlineSeconds", "a whole number")]
    [InlineData("/api/activities", """{"deadlineSeconds": 1.5}""", "deadlineSeconds", "a whole number")]
    [InlineData("/api/activities", """{"connection": "Shop"}""", "connection", "an object")]
    [InlineData("/api/activities", """{"caller": {"workflow": 7}}""", "caller.workflow", "text")]
    [InlineData("/api/connections", """{"name": "a\ud800b"}""", "name", "surrogate")]
    [InlineData("/api/connections", """{"settings": {"\ud83d": 1}}""", "settings", "surrogate")]
    [InlineData("/api/activities", """{"surprise": 7}""", "surprise", "no such field")]
    [InlineData("/api/activities", """{"caller": {"surprise": 7}}""", "caller.surprise", "no such field")]
    public async Task A_field_of_the_wrong_type_is_named_with_what_it_has_to_be(string path, string body, string field, string wanted)
    {
        var problem = await Send(HttpMethod.Post, path, Encoding.UTF8.GetBytes(body), "application/json");
        Assert.Equal((400, "request.malformed"), (problem.GetProperty("status").GetInt32(), problem.GetProperty("code").GetString()));
        var error = Assert.Single(problem.GetProperty("errors").EnumerateArray());
        Assert.Equal(field, error.GetProperty("field").GetString());
        Assert.Contains(wanted, error.GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData($"/api/connections/{Id}?at=yesterday", "at", "a time")]
    [InlineData("/api/connections?limit=many", "limit", "a whole number")]
    [InlineData("/api/connections?limit=1&limit=2", "limit", "a whole number")]
    [InlineData("/api/connections?expiringWithinDays=", "expiringWithinDays", "a whole number")]
    [InlineData("/api/activities?connectionId=none", "connectionId", "a UUID")]
    [InlineData($"/api/activities/{Id}?waitSeconds=1.5", "waitSeconds", "a whole number")]
    [InlineData("/api/connections?stauts=unknown", "stauts", "status")]
    [InlineData("/api/connections?Status=connected", "Status", "status")]
    [InlineData("/api/activities?workflow=a", "workflow", "caller.workflow")]
    [InlineData("/api/connectors?x=", "x", "category")]
    [InlineData($"/api/connections/{Id}/history?at=2026-10-01T00:00:00Z", "at", "cursor")]
    [InlineData("/api/keys?q=a", "q", "cursor")]
    public async Task A_query_parameter_that_does_not_fit_is_named(string path, string field, string wanted)
    {
        var problem = await Send(HttpMethod.Get, path);
        Assert.Equal((400, "request.malformed"), (problem.GetProperty("status").GetInt32(), problem.GetProperty("code").GetString()));
        var error = Assert.Single(problem.GetProperty("errors").EnumerateArray());
        Assert.Equal(field, error.GetProperty("field").GetString());
        Assert.Contains(wanted, error.GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/api/connectors?category=database&q=post")]
    [InlineData("/api/connectors?")]
    [InlineData("/api/keys?limit=5")]
    public async Task Known_query_parameters_are_accepted(string path) =>
        Assert.Equal(JsonValueKind.Array, (await Send(HttpMethod.Get, path)).GetProperty("items").ValueKind);

    [Fact]
    public async Task A_missing_body_names_the_fields()
    {
        foreach (var body in new byte[]?[] { null, [] })
        {
            var problem = await Send(HttpMethod.Post, $"/api/activities/{Id}/settle", body, "application/json");
            Assert.Equal(400, problem.GetProperty("status").GetInt32());
            Assert.Contains("outcome, note", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_wrong_method_names_the_right_ones()
    {
        var problem = await Send(HttpMethod.Put, "/api/connections");
        Assert.Equal((405, "request.method-not-allowed"), (problem.GetProperty("status").GetInt32(), problem.GetProperty("code").GetString()));
        Assert.Contains("GET", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    private async Task<JsonElement> Send(HttpMethod method, string path, byte[]? body = null, string? type = null)
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is not null)
        {
            request.Content = new ByteArrayContent(body);
            request.Content.Headers.TryAddWithoutValidation("Content-Type", type);
        }

        using var response = await shared.Admin.SendAsync(request);
        return JsonSerializer.Deserialize<JsonElement>(await response.Content.ReadAsStreamAsync());
    }
}
