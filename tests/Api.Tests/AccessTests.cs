using System.Net;
using System.Text.Json;
using Connections.Hosting.Keys;

namespace Api.Tests;

public sealed class AccessTests
{
    [Fact]
    public async Task An_endpoint_without_a_role_is_closed_to_every_key()
    {
        await using var api = await TestApi.Start(app => app.MapGet("/forgotten", () => "secret"));
        await IsProblem(await Get(api.Client, "/forgotten"), 401, "request.unauthorized");
        using var strongest = await api.ClientWith(Role.Operator);
        await IsProblem(await Get(strongest, "/forgotten"), 403, "request.forbidden");
    }

    [Theory]
    [InlineData(null)]
    [InlineData("Bearer")]
    [InlineData("Bearer ")]
    [InlineData("Bearer ck_unknown")]
    [InlineData("Basic dXNlcjpwYXNz")]
    public async Task A_request_without_a_valid_key_is_rejected(string? authorization)
    {
        await using var api = await TestApi.Start();
        if (authorization is not null) api.Client.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", authorization);
        using var response = await Get(api.Client, "/api/connectors");
        await IsProblem(response, 401, "request.unauthorized");
        Assert.False(response.Headers.Contains("WWW-Authenticate"));
        Assert.Equal(HttpStatusCode.OK, (await Get(api.Client, "/health/live")).StatusCode);
    }

    [Fact]
    public async Task A_rejection_names_the_needed_role()
    {
        await using var api = await TestApi.Start();
        using var viewer = await api.ClientWith(Role.Viewer);
        var problem = await IsProblem(await Get(viewer, "/api/keys"), 403, "request.forbidden");
        Assert.Equal("This request needs a key of the role admin or above; yours has the role viewer.", problem.GetProperty("detail").GetString());
        Assert.Equal("Not allowed", problem.GetProperty("title").GetString());
        Assert.Equal(HttpStatusCode.OK, (await Get(viewer, "/api/connectors")).StatusCode);
    }

    [Theory]
    [InlineData("GET", "/nowhere", 404, "request.not-found")]
    [InlineData("GET", "/api/connections/no-id", 404, "connection.not-found")]
    [InlineData("PUT", "/api/connections", 405, "request.method-not-allowed")]
    public async Task An_address_that_does_not_exist_needs_no_key(string method, string path, int status, string code)
    {
        await using var api = await TestApi.Start();
        await IsProblem(await api.Client.SendAsync(new HttpRequestMessage(new HttpMethod(method), path), TestContext.Current.CancellationToken), status, code);
    }

    [Fact]
    public async Task Each_key_has_its_own_limit_and_open_endpoints_have_none()
    {
        await using var api = await TestApi.Start(null, ("Http:RequestsPerSecond", "1"));
        using var fast = await api.ClientWith(Role.Viewer);
        using var other = await api.ClientWith(Role.Viewer);
        var responses = await Task.WhenAll(Enumerable.Range(0, 200).Select(_ => Get(fast, "/api/connectors")));
        var rejected = Assert.IsType<HttpResponseMessage>(responses.FirstOrDefault(a => a.StatusCode == HttpStatusCode.TooManyRequests));
        Assert.Equal("1", Assert.Single(rejected.Headers.GetValues("Retry-After")));
        var problem = await IsProblem(rejected, 429, "request.rate-limited");
        Assert.Equal("A key may send 1 requests per second. Slow down.", problem.GetProperty("detail").GetString());
        Assert.Equal(HttpStatusCode.OK, (await Get(other, "/api/connectors")).StatusCode);
        Assert.All(await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => Get(api.Client, "/health/live"))), a => Assert.Equal(200, (int)a.StatusCode));
    }

    private static Task<HttpResponseMessage> Get(HttpClient client, string path) =>
        client.GetAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken);

    private static async Task<JsonElement> IsProblem(HttpResponseMessage response, int status, string code)
    {
        Assert.Equal(status, (int)response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        var problem = JsonElement.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.Equal(code, problem.GetProperty("code").GetString());
        Assert.Equal(status, problem.GetProperty("status").GetInt32());
        return problem;
    }
}
