using System.Text.Json;
using Connections.Connectors;
using Connections.Connectors.Definitions;
using Connections.Connectors.Pipeline;
using Connections.Domain;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using TestServers;

namespace Connectors.Tests.Definitions;

/// <summary>A definition reaches no other host, reads no credentials outside authentication, and does not run without end.</summary>
public sealed class AttackTests : IAsyncLifetime
{
    private const string Canary = "canary-key-90c4e1";

    private ApiServer server = null!;
    private ApiServer other = null!;

    public async ValueTask InitializeAsync() => (server, other) = (await ApiServer.Start(), await ApiServer.Start());

    public async ValueTask DisposeAsync()
    {
        await server.DisposeAsync();
        await other.DisposeAsync();
    }

    [Theory]
    [InlineData("evil.example/")]
    [InlineData("evil.example#")]
    [InlineData("evil.example?")]
    [InlineData("evil.example\\")]
    [InlineData("evil.example:443/")]
    [InlineData("u@evil")]
    [InlineData("a.b")]
    [InlineData("..")]
    [InlineData("%2e")]
    [InlineData("127.0.0.1/")]
    [InlineData("")]
    public async Task A_setting_cannot_change_the_host_around_it(string company)
    {
        var file = Sample.With("required: true, pattern: \"[a-z]+\"", "required: true");
        var failed = Assert.IsType<ConnectorResult.Failed>(await Run(file, "get-item", new { id = "1" }, new { company }, replace: false));
        Assert.Equal((FailureKind.InvalidInput, Delivered.No), (failed.Kind, failed.Delivered));
    }

    [Theory]
    [InlineData("http://127.0.0.1:{0}/next")]
    [InlineData("//127.0.0.1:{0}/next")]
    [InlineData("http://u:p@127.0.0.1:{0}/next")]
    [InlineData("/a/%2e%2e/%2e%2e/next")]
    [InlineData("file:///etc/passwd")]
    [InlineData("http://xn--\u00ff.test/next")]
    [InlineData("//api.test\u00afnext")]
    public async Task The_next_page_is_on_the_same_server(string next)
    {
        var address = string.Format(System.Globalization.CultureInfo.InvariantCulture, next, other.Port);
        server.Answer = Json(JsonSerializer.Serialize(new { items = new[] { 1 }, next = address }));
        var file = Sample.With("get: /items/{input.id}", "get: /items\n    paging: { kind: address, items: body.items, next: body.next }");
        Assert.Equal(FailureKind.InvalidInput, Assert.IsType<ConnectorResult.Failed>(await Run(file, "get-item", new { })).Kind);
        Assert.Empty(other.Requests);
        Assert.Single(server.Requests);
    }

    [Theory]
    [InlineData("GET", "//127.0.0.1/x")]
    [InlineData("GET", "http://127.0.0.1/x")]
    [InlineData("GET", "/../x")]
    [InlineData("GET", "/%2e%2e/x")]
    public async Task A_request_stays_below_the_server(string method, string path)
    {
        var failed = Assert.IsType<ConnectorResult.Failed>(
            await Run(DefinitionFile.Parse("acme.yaml", Sample.Text), "request", new { method, path }, new { company = "acme", allowRequests = true }));
        Assert.Equal(FailureKind.InvalidInput, failed.Kind);
        Assert.Empty(server.Requests);
    }

    [Fact]
    public async Task A_request_needs_the_permission_of_the_connection()
    {
        server.Answer = Json("""{"auth_token":"x","id":1}""");
        var file = DefinitionFile.Parse("acme.yaml", Sample.Text);
        var failed = Assert.IsType<ConnectorResult.Failed>(await Run(file, "request", new { method = "GET", path = "/x" }));
        Assert.Equal((FailureKind.Forbidden, 0), (failed.Kind, server.Requests.Count));
        var done = Assert.IsType<ConnectorResult.Done>(
            await Run(file, "request", new { method = "GET", path = "/x" }, new { company = "acme", allowRequests = true }));
        Assert.Equal(200, done.Output.GetProperty("status").GetInt32());
    }

    [Theory]
    [InlineData("@")]
    [InlineData("$")]
    [InlineData("keys(@)")]
    [InlineData("values(@)")]
    [InlineData("to_string(@)")]
    [InlineData("settings")]
    [InlineData("*")]
    public async Task An_expression_sees_no_credentials(string expression)
    {
        server.Answer = Json("""{"id":1}""");
        var file = Sample.With("output: { id: body.id }", $"output: {{ all: \"{expression}\" }}");
        var done = Assert.IsType<ConnectorResult.Done>(await Run(file, "get-item", new { id = "1" }));
        Assert.DoesNotContain(Canary, done.Output.GetRawText(), StringComparison.Ordinal);
        Assert.DoesNotContain("credentials", done.Output.GetRawText(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("[@, @] | [@, @] | [@, @] | [@, @] | [@, @] | [@, @] | [@, @] | [@, @] | [@, @] | [@, @]")]
    [InlineData("{a: @, b: @, c: @, d: @} | {a: @, b: @, c: @, d: @} | {a: @, b: @, c: @, d: @} | {a: @, b: @, c: @, d: @} | {a: @, b: @, c: @, d: @}")]
    [InlineData("body[].{a: $.body}")]
    [InlineData("body[?[$.body, $.body]]")]
    [InlineData("map(&$.body, body)")]
    [InlineData("body[].[$.body[].[$.body[].[$.body]]]")]
    [InlineData("body[?$.body[?$.body[?a == b]]]")]
    [InlineData("pad_left(body, `1000000000`, 'x')")]
    [InlineData("replace(replace(body, 'a', 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa'), 'a', 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa')")]
    [InlineData("let $a = body in [$a, $a]")]
    [InlineData("((((((((((((((((((((((((((((((((body))))))))))))))))))))))))))))))))")]
    public void An_expression_that_may_grow_without_end_is_refused(string expression) =>
        Assert.True(Sample.With("output: { id: body.id }", $"output: {{ all: \"{expression}\" }}").IsBroken);

    [Fact]
    public async Task A_list_that_never_ends_ends()
    {
        var page = 0;
        server.Answer = context => Json(JsonSerializer.Serialize(new { items = Array.Empty<int>(), next = $"c{page++}" }))(context);
        var file = Sample.With("get: /items/{input.id}", "get: /items\n    query: { c: page.cursor }\n    paging: { kind: cursor, items: body.items, next: body.next }");
        Assert.IsType<ConnectorResult.Done>(await Run(file, "get-item", new { }));
        Assert.InRange(server.Requests.Count, 1, 100);
    }

    [Fact]
    public async Task A_step_over_a_long_list_sends_nothing()
    {
        var text = Sample.Text.Replace("id: { type: string }", "list: { type: array }", StringComparison.Ordinal)
            .Replace("get: /items/{input.id}", "do: [{ each: input.list, post: /items, json: item }]", StringComparison.Ordinal);
        var failed = Assert.IsType<ConnectorResult.Failed>(
            await Run(DefinitionFile.Parse("acme.yaml", text), "get-item", new { list = Enumerable.Range(0, 101) }));
        Assert.Equal((FailureKind.InvalidInput, 0), (failed.Kind, server.Requests.Count));
    }

    [Theory]
    [InlineData("sort(body)")]
    [InlineData("join(',', body)")]
    [InlineData("entries(body.name)")]
    [InlineData("body.name.a.b | sum(@)")]
    public async Task A_wrong_type_in_the_answer_is_a_fault_of_the_definition(string expression)
    {
        server.Answer = Json("""{"name":"secret of the account"}""");
        var failed = Assert.IsType<ConnectorResult.Failed>(
            await Run(Sample.With("output: { id: body.id }", $"output: {{ all: \"{expression}\" }}"), "get-item", new { id = "1" }));
        Assert.Equal((FailureKind.Internal, Delivered.Yes), (failed.Kind, failed.Delivered));
        Assert.Contains("acme", failed.Message, StringComparison.Ordinal);
        Assert.Contains("get-item", failed.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", failed.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("JmesPath", failed.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("Exception", failed.Message, StringComparison.Ordinal);
    }

    private static Func<HttpContext, Task> Json(string body) => context =>
    {
        context.Response.ContentType = "application/json";
        return context.Response.WriteAsync(body);
    };

    private async Task<ConnectorResult> Run(DefinitionFile file, string activity, object input, object? settings = null, bool replace = true)
    {
        var configuration = new Dictionary<string, string?> { ["Network:AllowPrivate"] = "true" };
        if (replace) configuration["Connectors:acme:Servers:api"] = $"http://127.0.0.1:{server.Port}/v1";
        await using var services = new ServiceCollection().AddLogging()
            .AddConnectors(new ConfigurationBuilder().AddInMemoryCollection(configuration).Build()).AddDefinedConnector(file).BuildServiceProvider();
        var use = new ConnectionUse(
            "default", Guid.CreateVersion7(), 1, JsonSerializer.SerializeToElement(settings ?? new { company = "acme" }),
            Secret.From(JsonSerializer.SerializeToElement(new { apiKey = Canary })));
        return await services.GetRequiredService<ConnectorRunner>().Run(
            "acme", use, activity, JsonSerializer.SerializeToElement(input), TimeSpan.FromSeconds(20), default);
    }
}
