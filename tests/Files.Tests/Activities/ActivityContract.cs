using System.Text.Json;
using Connections.Connectors;
using Connections.Connectors.Definitions;
using Connections.Connectors.OAuth;
using Connections.Connectors.Pipeline;
using Connections.Domain;
using Files.Tests.Harness;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Files.Tests.Activities;

/// <summary>A connector over the file store, and the API that it calls.</summary>
public abstract class ActivityContract() : FileContract(new SqliteFiles())
{
    protected const string Key = "canary-Zk4v9QpL2x";

    private const string Definition = """
        connector: acme
        name: Acme
        category: test
        description: A test.
        servers:
          api: "https://api.acme.example/v1"
        authentication:
          key: { credentials: { apiKey: { label: Key, required: true } }, bearer: "{credentials.apiKey}" }
        probe: { get: /me }
        identity: { value: body.id, basis: id }
        success: { when: body.ok }
        activities:
          send:
            inputSchema: { additionalProperties: true }
            post: /files
            headers: { X-Arg: "{ascii_json({name: file.name, size: file.size, type: file.contentType, hash: file.sha256})}" }
            body: { file: input.file, maxBytes: 200000000 }
            output: { done: body.ok }
          send-small:
            inputSchema: { additionalProperties: true }
            put: /files/{file.name}
            body: { file: input.file, type: application/x-small, maxBytes: 1000 }
          send-each:
            inputSchema: { additionalProperties: true }
            do:
              - { name: parts, each: input.files, post: /parts, query: { name: item.name || file.name }, body: { file: item }, output: body.part }
              - { post: /whole, json: { parts: steps.parts } }
            output: { parts: steps.parts }
          fetch-file:
            get: /files/{input.id}
            save: {}
            failures:
              - { status: 404, kind: notFound, message: "No file {body.id}." }
          fetch-named:
            inputSchema: { additionalProperties: true }
            do: [{ name: got, get: /files/1, save: { name: "{headers.\"x-name\" || input.name}", type: text/csv }, success: { status: 200, when: "headers.\"x-error\" == `null`" } }]
            output: { id: steps.got.id, name: file.name, type: steps.got.contentType }
        """;

    private ServiceProvider? services;

    protected StreamServer Server { get; private set; } = null!;

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        Server = await StreamServer.Start();
        Server.Answer = context => Json(context, 200, """{"ok":true}""");
        services = Connect(Host);
    }

    public override async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await services!.DisposeAsync();
        await Server.DisposeAsync();
        await base.DisposeAsync();
    }

    protected ServiceProvider Connect(FileHost host)
    {
        var address = $"http://127.0.0.1:{Server.Port}";
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Network:AllowPrivate"] = "true",
            ["Connectors:acme:Servers:api"] = $"{address}/v1",
            ["Connectors:dropbox:Servers:content"] = $"{address}/2"
        }).Build();
        var file = DefinitionFile.Parse("acme.yaml", Definition);
        Assert.Empty(file.Messages);
        return new ServiceCollection().AddLogging().AddConnectors(configuration).AddDefinedConnector(file)
            .AddSingleton(host.Store).BuildServiceProvider();
    }

    protected Task<ConnectorResult> Run(
        string activity, object input, string workspace = Workspace, ServiceProvider? over = null, string connector = "acme", IAccessTokens? tokens = null) =>
        (over ?? services!).GetRequiredService<ConnectorRunner>().Run(
            connector, new ConnectionUse(workspace, Guid.CreateVersion7(), 1, JsonSerializer.SerializeToElement(new { }),
                Secret.From(JsonSerializer.SerializeToElement(new { apiKey = Key })), Tokens: tokens),
            activity, JsonSerializer.SerializeToElement(input), TimeSpan.FromMinutes(2), default);

    protected static async Task<ConnectorResult.Failed> Fails(FailureKind kind, Task<ConnectorResult> run)
    {
        var failed = Assert.IsType<ConnectorResult.Failed>(await run);
        Assert.Equal(kind, failed.Kind);
        return failed;
    }

    protected static async Task<JsonElement> Succeeds(Task<ConnectorResult> run)
    {
        var result = await run;
        return Assert.IsType<ConnectorResult.Done>(result is ConnectorResult.Failed failed ? throw new InvalidOperationException(failed.Message) : result).Output;
    }

    protected static Task Json(Microsoft.AspNetCore.Http.HttpContext context, int status, string body)
    {
        (context.Response.StatusCode, context.Response.ContentType) = (status, "application/json");
        return Microsoft.AspNetCore.Http.HttpResponseWritingExtensions.WriteAsync(context.Response, body);
    }
}
