using System.Text.Json;
using EndToEnd.Tests.Harness;

namespace EndToEnd.Tests;

/// <summary>Every malformed request gets a problem, and nothing of it is stored.</summary>
public sealed class MalformedTests(SharedService common)
{
    private const string Form = """ "connector": "postgres", "settings": {"host": "127.0.0.1", "database": "shop"}, "credentials": {"username": "u", "password": "p"} """;
    private const string Unknown = "00000000-0000-4000-8000-000000000000";

    private static readonly string Long = new('x', 1_001);

    private Api Api => common.Api;

    public static TheoryData<string, string, int, string> Bodies => new()
    {
        { "/api/connections", "{", 400, "request.malformed" },
        { "/api/connections", "", 400, "request.malformed" },
        { "/api/connections", "null", 400, "request.malformed" },
        { "/api/connections", "[]", 400, "request.malformed" },
        { "/api/connections", "7", 400, "request.malformed" },
        { "/api/connections", "{}", 404, "connector.not-found" },
        { "/api/connections", $$"""{"name": "a", "surprise": 1, {{Form}}}""", 400, "request.malformed" },
        { "/api/connections", $$"""{"id": "none", "name": "a", {{Form}}}""", 400, "request.malformed" },
        { "/api/connections", $$"""{"id": 7, "name": "a", {{Form}}}""", 400, "request.malformed" },
        { "/api/connections", $$"""{"name": 7, {{Form}}}""", 400, "request.malformed" },
        { "/api/connections", $$"""{ {{Form}} }""", 422, "connection.invalid" },
        { "/api/connections", $$"""{"name": "", {{Form}}}""", 422, "connection.invalid" },
        { "/api/connections", $$"""{"name": "   ", {{Form}}}""", 422, "connection.invalid" },
        { "/api/connections", $$"""{"name": "a\u0000b", {{Form}}}""", 422, "connection.invalid" },
        { "/api/connections", $$"""{"name": "a\nb", {{Form}}}""", 422, "connection.invalid" },
        { "/api/connections", $$"""{"name": "a\ud800b", {{Form}}}""", 400, "request.malformed" },
        { "/api/connections", """{"name": "a", "connector": "nonesuch"}""", 404, "connector.not-found" },
        { "/api/connections", """{"name": "a", "connector": "postgres"}""", 422, "connection.invalid" },
        { "/api/connections", """{"name": "a", "connector": "postgres", "settings": [], "credentials": "x"}""", 422, "connection.invalid" },
        { "/api/connections", """{"name": "a", "connector": "postgres", "settings": {"host": 7, "port": "x", "database": null, "tls": "maybe"}, "credentials": {}}""", 422, "connection.invalid" },
        { "/api/connections", """{"name": "a", "connector": "postgres", "settings": {"host": "h", "database": "d", "more": 1}, "credentials": {"username": "u", "password": "p"}}""", 422, "connection.invalid" },
        { "/api/connections/test", "{", 400, "request.malformed" },
        { "/api/connections/test", """{"connector": "nonesuch"}""", 404, "connector.not-found" },
        { "/api/activities", "{", 400, "request.malformed" },
        { "/api/activities", "[]", 400, "request.malformed" },
        { "/api/activities", "{}", 422, "activity.input-invalid" },
        { "/api/activities", """{"connectionId": "none", "activity": "run-query"}""", 400, "request.malformed" },
        { "/api/activities", """{"surprise": 1}""", 400, "request.malformed" },
        { "/api/activities", $$"""{"connectionId": "{{Unknown}}", "activity": "run-query", "input": {"sql": "select 1"} }""", 404, "connection.not-found" },
        { "/api/activities", """{"connection": {"connector": "postgres", "name": "never was"}, "activity": "run-query", "input": {"sql": "select 1"}}""", 404, "connection.not-found" },
        { "/api/activities", """{"connection": {"connector": "nonesuch", "name": "a"}, "activity": "run-query", "input": {}}""", 404, "connector.not-found" },
        { "/api/activities", """{"connection": {"connector": "postgres"}, "activity": "run-query", "input": {}}""", 422, "activity.input-invalid" },
        { "/api/activities", """{"connection": {"name": "a"}, "activity": "run-query", "input": {}}""", 404, "connector.not-found" },
        { "/api/activities", $$"""{"connectionId": "{{Unknown}}", "connection": {"connector": "postgres", "name": "a"}, "activity": "run-query"}""", 422, "activity.input-invalid" },
        { "/api/connections", """{"name": "a", "connector": "postgres", "settings": {"\ud83d": "x"}, "credentials": {}}""", 400, "request.malformed" },
        { "/api/connections", """{"name": "a", "connector": "postgres", "settings": {"host": "\ud83d", "database": "d"}, "credentials": {"username": "u", "password": "p"}}""", 422, "connection.invalid" },
        { "/api/activities", $$"""{"connectionId": "{{Unknown}}", "activity": "run-query", "input": {"sql": "\ud83d"} }""", 422, "activity.input-invalid" },
        { "/api/activities", $$"""{"connectionId": "{{Unknown}}", "activity": "run-query", "input": {"\ud83d": 1} }""", 400, "request.malformed" },
        { "/api/activities", $$"""{"connectionId": "{{Unknown}}", "activity": "run-query", "input": {}, "caller": {"workflow": "{{Long}}"} }""", 422, "activity.input-invalid" },
        { "/api/activities", $$"""{"connectionId": "{{Unknown}}", "activity": "run-query", "input": {}, "caller": {"workflow": "\ud83d"} }""", 400, "request.malformed" },
        { $"/api/connections/{Unknown}/test", "{}", 404, "connection.not-found" },
        { $"/api/connections/{Unknown}/reconnect", "{}", 404, "connection.not-found" },
        { "/api/connections/none/test", "{}", 404, "connection.not-found" },
        { $"/api/activities/{Unknown}/cancel", "{}", 404, "activity.not-found" }
    };

    public static TheoryData<string, int, string> Paths => new()
    {
        { "/api/connections/none", 404, "connection.not-found" },
        { $"/api/connections/{Unknown}", 404, "connection.not-found" },
        { $"/api/connections/{Unknown}/history", 404, "connection.not-found" },
        { $"/api/connections/{Unknown}?at=yesterday", 400, "request.malformed" },
        { "/api/connections?limit=0", 400, "request.malformed" },
        { "/api/connections?limit=x", 400, "request.malformed" },
        { "/api/connections?limit=1001", 400, "request.malformed" },
        { "/api/connections?status=fine", 400, "request.malformed" },
        { "/api/connections?cursor=%00%01", 400, "request.malformed" },
        { "/api/activities/none", 404, "activity.not-found" },
        { $"/api/activities/{Unknown}", 404, "activity.not-found" },
        { $"/api/activities/{Unknown}?waitSeconds=61", 400, "request.malformed" },
        { "/api/activities?connectionId=none", 400, "request.malformed" },
        { "/api/activities?status=fine", 400, "request.malformed" },
        { "/api/activities?cursor=nonsense", 400, "request.malformed" },
        { "/api/connectors/nonesuch", 404, "connector.not-found" },
        { "/api/nothing", 404, "request.not-found" }
    };

    [Theory]
    [MemberData(nameof(Bodies))]
    public async Task A_malformed_body_is_rejected(string path, string body, int status, string code) =>
        Problem((await Api.Raw(HttpMethod.Post, path, body)).Refuses(status, code));

    [Theory]
    [MemberData(nameof(Paths))]
    public async Task An_unknown_address_is_rejected(string path, int status, string code) => Problem((await Api.Get(path)).Refuses(status, code));

    [Fact]
    public async Task A_problem_names_each_invalid_field()
    {
        var refused = await Api.Raw(HttpMethod.Post, "/api/connections", """{"connector": "postgres", "settings": {"port": 0}, "credentials": {"username": "u", "extra": 1}}""");
        var fields = refused.Refuses(422, "connection.invalid")["errors"].EnumerateArray().Select(e => e.GetProperty("field").GetString()).Order();
        Assert.Equal(["credentials.extra", "name", "settings.database", "settings.host", "settings.port"], fields);
    }

    [Fact]
    public async Task A_name_of_three_hundred_characters_is_rejected_in_create_and_rename()
    {
        var role = await common.NewRole();
        (await Api.Post("/api/connections", role.Connection(new string('a', 300)))).Refuses(422, "connection.invalid");
        var id = await Api.Connect(role);
        foreach (var name in new[] { new string('a', 300), "", " ", "a\tb" })
            (await Api.Patch($"/api/connections/{id}", new { name })).Refuses(422, "connection.invalid");
        Assert.Equal(["connection-created"], await Api.HistoryTypes(id));
    }

    [Fact]
    public async Task Input_that_violates_its_schema_is_rejected_with_its_fields_and_never_becomes_an_activity()
    {
        var id = await Api.Connect(await common.NewRole());
        foreach (var input in new[] { """{}""", """{"sql": 7}""", """{"sql": ""}""", """{"sql": "select 1", "rows": 1}""", """{"sql": "select 1", "maxRows": 10001}""", "[]", "7" })
        {
            var refused = await Api.Raw(HttpMethod.Post, "/api/activities", $$"""{"connectionId": "{{id}}", "activity": "run-query", "input": {{input}} }""");
            Assert.NotEqual(0, refused.Refuses(422, "activity.input-invalid")["errors"].GetArrayLength());
        }

        (await Api.Raw(HttpMethod.Post, "/api/activities", $$"""{"connectionId": "{{id}}", "activity": "fly", "input": {} }""")).Refuses(422, "activity.unknown");
        (await Api.Raw(HttpMethod.Post, "/api/activities", $$"""{"connectionId": "{{id}}", "activity": "run-query", "input": {"sql": "select 1"}, "timeoutSeconds": 901}"""))
            .Refuses(422, "activity.input-invalid");
        (await Api.Raw(HttpMethod.Post, "/api/activities", $$"""{"connectionId": "{{id}}", "activity": "run-query", "input": {"sql": "select 1"}, "onReauth": "shrug"}"""))
            .Refuses(422, "activity.input-invalid");
        var large = JsonSerializer.Serialize(new string('x', 193 * 1024));
        (await Api.Raw(HttpMethod.Post, "/api/activities", $$"""{"connectionId": "{{id}}", "activity": "run-query", "input": {"sql": {{large}} } }"""))
            .Refuses(413, "request.too-large");
        Assert.Empty((await Api.Get($"/api/activities?connectionId={id}")).Is(200)["items"].EnumerateArray());
    }

    [Fact]
    public async Task A_body_of_two_megabytes_is_too_large()
    {
        var body = $$"""{"name": "{{new string('a', 2 * 1024 * 1024)}}", {{Form}}}""";
        foreach (var path in new[] { "/api/connections", "/api/activities", "/api/connections/test" })
            Problem((await Api.Raw(HttpMethod.Post, path, body)).Refuses(413, "request.too-large"));
    }

    [Fact]
    public async Task A_caller_that_sends_ten_megabytes_without_expect_continue_gets_the_response()
    {
        using var http = new HttpClient { BaseAddress = Api.Address };
        http.DefaultRequestHeaders.Authorization = new System.Net.Http.Headers.AuthenticationHeaderValue("Bearer", Api.Key);
        using var body = new StringContent($$"""{"name": "{{new string('a', 10 * 1024 * 1024)}}"}""", System.Text.Encoding.UTF8, "application/json");
        using var answer = await http.PostAsync(new Uri("/api/connections", UriKind.Relative), body);
        Assert.Equal(413, (int)answer.StatusCode);
        Assert.Contains("request.too-large", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Metrics_need_a_key()
    {
        var metrics = await Api.Metrics();
        Assert.Contains("connections_loop_position{", metrics, StringComparison.Ordinal);
        Assert.Contains("http_server_request_duration_seconds", metrics, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_valid_key_only_health_is_served()
    {
        using var nobody = new Api(Api.Address, null);
        using var stranger = new Api(Api.Address, "ck_nonesuch");
        foreach (var api in new[] { nobody, stranger })
        {
            foreach (var path in new[] { "/api/connectors", "/api/connections", $"/api/connections/{Unknown}", "/api/activities", "/openapi/v1.json", "/metrics" })
                Problem((await api.Get(path)).Refuses(401, "request.unauthorized"));
            (await api.Post("/api/connections")).Refuses(401, "request.unauthorized");
            (await api.Delete($"/api/connections/{Unknown}")).Refuses(401, "request.unauthorized");
            (await api.Get("/health/live")).Is(200);
            (await api.Get("/health/ready")).Is(200);
        }
    }

    private static void Problem(ApiResponse answer)
    {
        Assert.Equal(answer.Status, answer["status"].GetInt32());
        Assert.NotEqual("", answer["title"].GetString());
        Assert.NotEqual("", answer["detail"].GetString());
    }
}
