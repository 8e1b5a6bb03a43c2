using Connections.Commands;
using Connections.Hosting;
using TestServers;

namespace Api.Tests.Definitions;

/// <summary><c>connectors try</c>: real calls with a definition that is not in the catalogue.</summary>
public sealed class TryCommandTests : IAsyncLifetime
{
    private const string Canary = "canary-Tr7yKq29xZ";

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("try-");
    private ApiServer server = null!;

    public async ValueTask InitializeAsync()
    {
        server = await ApiServer.Start();
        server.Answer = context => context.Response.WriteAsJsonAsync(
            context.Request.Path == "/v1/me" ? new { id = "7", name = "Ann" } : (object)new { id = "1", key = context.Request.Headers.Authorization.ToString() });
        Write("acme.yaml", """
            connector: acme
            name: Acme
            category: test
            description: A test.
            settings: { plan: { label: Plan, options: [free, paid], default: free } }
            servers: { api: "https://api.acme.example/v1" }
            authentication: { key: { credentials: { apiKey: { label: Key, required: true } }, bearer: "{credentials.apiKey}" } }
            probe: { get: /me }
            identity: { value: body.id, basis: account-id, display: body.name }
            activities:
              get-item:
                inputSchema: { required: [id], properties: { id: { type: string } } }
                get: /items/{input.id}
              send:
                inputSchema: { additionalProperties: true }
                post: /files
                body: { file: input.file }
            """);
        Write("credentials.json", $$"""{"apiKey":"{{Canary}}"}""");
        Write("input.json", """{"id":"1"}""");
        Write("wrong.json", """{"id":1}""");
        Write("file.json", """{"file":{"id":"0190a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b"}}""");
    }

    public async ValueTask DisposeAsync()
    {
        await server.DisposeAsync();
        folder.Delete(recursive: true);
    }

    [Fact]
    public void A_connection_is_tested_step_by_step()
    {
        var output = Try();
        Assert.Contains("signIn: ok", output, StringComparison.Ordinal);
        Assert.Contains("account: Ann (account-id 7)", output, StringComparison.Ordinal);
        Assert.DoesNotContain(Canary, output, StringComparison.Ordinal);
        Assert.Equal($"Bearer {Canary}", server.Requests.Single().Headers["Authorization"]);
    }

    [Fact]
    public void An_activity_prints_its_output_without_the_credentials()
    {
        Assert.Equal("""{"id":"1","key":"Bearer ***"}""", Try("--activity", "get-item", "--input", At("input.json")).Trim());
        Assert.Equal("/v1/items/1", server.Requests.Single().Target);
    }

    [Fact]
    public void A_server_is_replaced_by_an_option_and_may_be_private()
    {
        var output = new StringWriter();
        var line = CommandLine.Read([
            "connectors", "try", At("acme.yaml"), "--credentials", At("credentials.json"), "--server", $"api=http://127.0.0.1:{server.Port}/v1"
        ]);
        Assert.True(line.Help(output));
        Assert.Contains("account: Ann (account-id 7)", output.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://127.0.0.1")]
    [InlineData("=http://127.0.0.1")]
    [InlineData("api=")]
    public void A_server_option_without_name_or_address_is_rejected(string given)
    {
        var failed = Assert.Throws<CommandException>(() => Try("--server", given));
        Assert.Equal(2, failed.ExitCode);
        Assert.Contains("write --server api=http://127.0.0.1:8080/v1", failed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_failure_of_the_provider_is_named_with_its_kind()
    {
        server.Answer = context =>
        {
            context.Response.StatusCode = 401;
            return context.Response.WriteAsync($"no {Canary}");
        };
        var failed = Assert.Throws<CommandException>(() => Try());
        Assert.Equal(1, failed.ExitCode);
        Assert.StartsWith("reauthRequired: ", failed.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(Canary, failed.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("wrong.json", "get-item", 2, "id")]
    [InlineData("input.json", "get-items", 2, "There is no activity \"get-items\"; use get-item, send, request.")]
    [InlineData("missing.json", "get-item", 2, "is no JSON file that can be read.")]
    [InlineData("file.json", "send", 1, "There is no file store here; give the file as {name, base64}.")]
    public void What_cannot_be_tried_is_named_and_nothing_is_sent(string input, string activity, int exitCode, string expected)
    {
        var failed = Assert.Throws<CommandException>(() => Try("--activity", activity, "--input", At(input)));
        Assert.Equal(exitCode, failed.ExitCode);
        Assert.Contains(expected, failed.Message, StringComparison.Ordinal);
        Assert.Empty(server.Requests);
    }

    [Fact]
    public void A_broken_definition_is_not_tried()
    {
        Write("acme.yaml", "connector: acme");
        var failed = Assert.Throws<CommandException>(() => Try());
        Assert.Equal(1, failed.ExitCode);
        Assert.Contains("acme.yaml:1:1: ", failed.Message, StringComparison.Ordinal);
        Assert.Empty(server.Requests);
    }

    private string Try(params string[] more)
    {
        var output = new StringWriter();
        var line = CommandLine.Read([
            "connectors", "try", At("acme.yaml"), "--credentials", At("credentials.json"), .. more,
            "--Network:AllowPrivate=true", $"--Connectors:acme:Servers:api=http://127.0.0.1:{server.Port}/v1"
        ]);
        Assert.True(line.Help(output));
        return output.ToString();
    }

    private string At(string name) => Path.Combine(folder.FullName, name);

    private void Write(string name, string text) => File.WriteAllText(At(name), text);
}
