using System.Text;
using System.Text.Json;
using Connections.Connectors;
using Connections.Connectors.Catalogue;
using Connections.Connectors.Definitions;
using Connections.Connectors.Pipeline;
using Connections.Domain;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using TestServers;

namespace Connectors.Tests.Http;

/// <summary>Definitions whose credentials people type: a key, a token, or a user name and a password.</summary>
public sealed class DefinedKeyTests : IAsyncLifetime
{
    private const string Key = "canary-key-71b3";

    private static readonly Dictionary<string, string> SignIns = new()
    {
        ["header"] = "header: { name: X-Key, value: \"{credentials.apiKey}\" }",
        ["scheme"] = "header: { name: Authorization, value: \"Token token={credentials.apiKey}\" }",
        ["bearer"] = "bearer: \"{credentials.apiKey}\"",
        ["basic"] = "basic: { username: \"{settings.user}\", password: \"{credentials.apiKey}\" }",
        ["query"] = "query: { name: key, value: \"{credentials.apiKey}\" }",
        ["none"] = "none: true"
    };

    private ApiServer server = null!;

    public async ValueTask InitializeAsync() => server = await ApiServer.Start();

    public ValueTask DisposeAsync() => server.DisposeAsync();

    [Theory]
    [InlineData("header", "X-Key", Key)]
    [InlineData("scheme", "Authorization", $"Token token={Key}")]
    [InlineData("bearer", "Authorization", $"Bearer {Key}")]
    [InlineData("basic", "Authorization", "Basic YXBwOmNhbmFyeS1rZXktNzFiMw==")]
    [InlineData("query", null, Key)]
    [InlineData("none", null, null)]
    public async Task The_key_is_sent_as_the_definition_says(string signIn, string? header, string? value)
    {
        server.Answer = Json("""{"id":"acc-7","name":"Shop"}""");
        await using var services = Services(Keyed.Read(SignIns[signIn]));
        var probe = await Probe(services);
        Assert.Equal(("acc-7", "Shop"), (probe.Account!.Id, probe.Account.Display));
        Assert.IsType<ConnectorResult.Done>(await Run(services, "get-item", new { id = "a/b", q = "x" }));
        Assert.IsType<ConnectorResult.Done>(await Run(services, "add-item", new { name = "n" }));
        Assert.Equal(["GET", "GET", "POST"], server.Requests.Select(r => r.Method));
        foreach (var request in server.Requests)
        {
            if (header is not null) Assert.Equal(value, request.Headers[header]);
            Assert.Equal(signIn == "query", request.Target.Contains($"key={Key}", StringComparison.Ordinal));
            if (signIn is "query" or "none") Assert.False(request.Headers.ContainsKey("Authorization"));
        }

        Assert.StartsWith("/v2/items/a%2Fb?q=x", server.Requests.ElementAt(1).Target, StringComparison.Ordinal);
        Assert.Equal("""{"name":"n"}""", server.Requests.Last().Body);
    }

    [Theory]
    [InlineData(401, FailureKind.ReauthRequired)]
    [InlineData(403, FailureKind.Forbidden)]
    [InlineData(404, FailureKind.NotFound)]
    [InlineData(422, FailureKind.InvalidInput)]
    [InlineData(429, FailureKind.Throttled)]
    public async Task A_failure_quotes_the_masked_response_and_its_reason_quotes_nothing(int status, FailureKind kind)
    {
        server.Answer = context =>
        {
            context.Response.StatusCode = status;
            return context.Response.WriteAsync($"bad key {context.Request.Headers["X-Key"]} for {context.Request.Path}");
        };
        await using var services = Services(Keyed.Read(SignIns["header"]));
        var failed = Assert.IsType<ConnectorResult.Failed>(await Run(services, "get-item", new { id = "secret-of-the-workflow" }));
        Assert.Equal(kind, failed.Kind);
        Assert.Contains("bad key *** for /v2/items/secret-of-the-workflow", failed.Message, StringComparison.Ordinal);
        Assert.EndsWith($"({status}).", failed.Reason, StringComparison.Ordinal);
        Assert.DoesNotContain("workflow", failed.Reason, StringComparison.Ordinal);
        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task A_missing_key_requires_a_reconnect_and_nothing_is_sent()
    {
        await using var services = Services(Keyed.Read(SignIns["header"]));
        var failed = Assert.IsType<ConnectorResult.Failed>(await Run(services, "get-item", new { id = "1" }, new { }));
        Assert.Equal((FailureKind.ReauthRequired, "The credentials contain no apiKey."), (failed.Kind, failed.Message));
        Assert.Empty(server.Requests);
    }

    [Theory]
    [InlineData("""{"id":""}""")]
    [InlineData("""{"q":"x"}""")]
    [InlineData("""{"id":"1","id":"2"}""")]
    [InlineData("""{"id":".."}""")]
    [InlineData("""{"id":null}""")]
    public async Task An_input_that_would_reach_another_operation_is_rejected(string input)
    {
        await using var services = Services(Keyed.Read(SignIns["header"]));
        var failed = Assert.IsType<ConnectorResult.Failed>(await Run(services, "get-item", JsonSerializer.Deserialize<JsonElement>(input)));
        Assert.Equal((FailureKind.InvalidInput, Delivered.No), (failed.Kind, failed.Delivered));
        Assert.Empty(server.Requests);
    }

    [Fact]
    public async Task Two_connections_with_one_key_are_one_account()
    {
        await using var services = Services(Keyed.Read(SignIns["header"]));
        var connector = services.GetRequiredService<ConnectorCatalogue>().Find("keyed")!;
        var (one, same, other) = (Use(new { apiKey = Key }), Use(new { apiKey = Key }), Use(new { apiKey = "other" }));
        Assert.Equal(connector.IdentitiesAsTyped(one.Settings, one.Credentials), connector.IdentitiesAsTyped(same.Settings, same.Credentials));
        Assert.NotEqual(connector.IdentitiesAsTyped(one.Settings, one.Credentials), connector.IdentitiesAsTyped(other.Settings, other.Credentials));
        Assert.DoesNotContain(Key, connector.AccountAsTyped(one.Settings, one.Credentials).ToString(), StringComparison.Ordinal);
    }

    private static ServiceProvider Services(DefinitionFile definition) => new ServiceCollection().AddLogging()
        .AddConnectors(new ConfigurationBuilder().AddInMemoryCollection(
            new Dictionary<string, string?> { ["Network:AllowPrivate"] = "true" }).Build())
        .AddDefinedConnector(definition).BuildServiceProvider();

    private static Func<HttpContext, Task> Json(string body) => context =>
    {
        context.Response.ContentType = "application/json";
        return context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(body)).AsTask();
    };

    private ConnectionUse Use(object credentials) => new(
        "default", Guid.CreateVersion7(), 1,
        JsonSerializer.SerializeToElement(new { baseUrl = $"http://127.0.0.1:{server.Port}/v2", user = "app" }),
        Secret.From(JsonSerializer.SerializeToElement(credentials)));

    private Task<ProbeResult> Probe(ServiceProvider services) =>
        services.GetRequiredService<ConnectorRunner>().Probe("keyed", Use(new { apiKey = Key }), TimeSpan.FromSeconds(20), true, default);

    private Task<ConnectorResult> Run(ServiceProvider services, string activity, object input, object? credentials = null) =>
        services.GetRequiredService<ConnectorRunner>().Run(
            "keyed", Use(credentials ?? new { apiKey = Key }), activity, JsonSerializer.SerializeToElement(input), TimeSpan.FromSeconds(20), default);
}
