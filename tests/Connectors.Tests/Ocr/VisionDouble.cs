using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Web;
using Connections.Connectors;
using Connections.Connectors.Files;
using Connections.Connectors.Pipeline;
using Connections.Domain;
using Connectors.Tests.Descriptions;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using TestServers;

namespace Connectors.Tests.Ocr;

/// <summary>Google Vision and Google's token endpoint. Each request and each answer is held to Google's description.</summary>
internal sealed class VisionDouble : IAsyncDisposable
{
    public const string Email = "reader@acme.example";

    private readonly ApiServer server;
    private readonly ServiceProvider services;
    private readonly ConcurrentQueue<string> differences = new();
    private readonly VisionDescriptionCheck check = new();
    private int tokens;

    private VisionDouble(ApiServer server, IFileStore? files, TimeProvider clock)
    {
        this.server = server;
        var settings = new Dictionary<string, string?>
        {
            ["Network:AllowPrivate"] = "true",
            ["Connectors:google-vision:Servers:api"] = $"http://127.0.0.1:{server.Port}",
            ["Connectors:google-vision:Servers:token"] = $"http://127.0.0.1:{server.Port}/token"
        };
        var collection = new ServiceCollection().AddLogging().AddSingleton(clock)
            .AddConnectors(new ConfigurationBuilder().AddInMemoryCollection(settings).Build());
        if (files is not null) collection.AddSingleton(files);
        services = collection.BuildServiceProvider();
    }

    public RSA Rsa { get; } = RSA.Create(2048);

    public Guid Id { get; } = Guid.CreateVersion7();

    /// <summary>Status and body of the answer to a request for text.</summary>
    public Func<JsonNode, (int Status, string Body)> Annotate { get; set; } = _ => (200, """{"responses":[{}]}""");

    public (int Status, string Body) Probed { get; set; } = (404, """{"error":{"code":404,"status":"NOT_FOUND"}}""");

    /// <summary>Null: a token.</summary>
    public (int Status, string Body)? SignIn { get; set; }

    public IEnumerable<string> Targets => server.Requests.Select(r => r.Target.Split('?')[0]);

    public IReadOnlyList<ReceivedRequest> Requests => [.. server.Requests];

    public static async Task<VisionDouble> Start(IFileStore? files = null, TimeProvider? clock = null)
    {
        var started = new VisionDouble(await ApiServer.Start(), files, clock ?? TimeProvider.System);
        started.server.Answer = started.Answer;
        return started;
    }

    /// <summary>A key as its file has it.</summary>
    public string Key(string? tokenAddress = "https://oauth2.googleapis.com/token", string type = "service_account", string? pem = null)
    {
        var file = new JsonObject
        {
            ["type"] = type,
            ["project_id"] = "acme-documents",
            ["private_key_id"] = "key-1",
            ["private_key"] = pem ?? Rsa.ExportPkcs8PrivateKeyPem(),
            ["client_email"] = Email
        };
        if (tokenAddress is not null) file["token_uri"] = tokenAddress;
        return file.ToJsonString();
    }

    public ConnectionUse Use(object? settings = null, object? credentials = null, int version = 1) => new(
        "default", Id, version, JsonSerializer.SerializeToElement(settings ?? new { authentication = "apiKey" }),
        Secret.From(JsonSerializer.SerializeToElement(credentials ?? new { apiKey = "canary-key-77a1" })));

    public ConnectionUse Account(string? key = null, string region = "global", int version = 1) =>
        Use(new { region }, new { serviceAccountKey = key ?? Key() }, version);

    public Task<ConnectorResult> Run(byte[] document, object? more = null, ConnectionUse? use = null)
    {
        var input = JsonSerializer.SerializeToNode(more ?? new { })!.AsObject();
        input["file"] = new JsonObject { ["name"] = "scan", ["base64"] = Convert.ToBase64String(document) };
        return Run(input, use);
    }

    public Task<ConnectorResult> Run(JsonObject input, ConnectionUse? use = null, TimeSpan? timeout = null) =>
        services.GetRequiredService<ConnectorRunner>().Run(
            "google-vision", use ?? Use(), "extract-text", JsonSerializer.SerializeToElement(input), timeout ?? TimeSpan.FromSeconds(60),
            default);

    public Task<ProbeResult> Probe(ConnectionUse? use = null) => services.GetRequiredService<ConnectorRunner>()
        .Probe("google-vision", use ?? Use(), TimeSpan.FromSeconds(20), byPerson: true, default);

    /// <summary>The claims of the assertions, each with a valid signature.</summary>
    public IReadOnlyList<JsonNode> Assertions => [.. server.Requests.Where(r => r.Target == "/token").Select(request =>
    {
        var form = HttpUtility.ParseQueryString(request.Body);
        Assert.Equal("urn:ietf:params:oauth:grant-type:jwt-bearer", form["grant_type"]);
        var parts = form["assertion"]!.Split('.');
        Assert.True(Rsa.VerifyData(
            Encoding.ASCII.GetBytes($"{parts[0]}.{parts[1]}"), System.Buffers.Text.Base64Url.DecodeFromChars(parts[2]),
            HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1));
        return JsonNode.Parse(System.Buffers.Text.Base64Url.DecodeFromChars(parts[1]))!;
    })];

    public async ValueTask DisposeAsync()
    {
        await services.DisposeAsync();
        await server.DisposeAsync();
        Rsa.Dispose();
        Assert.True(differences.IsEmpty, string.Join('\n', differences));
    }

    private async Task Answer(HttpContext context)
    {
        var request = server.Requests.Last();
        var (status, body) = request.Target switch
        {
            "/token" => SignIn ?? (200, $$"""{"access_token":"canary-token-{{Interlocked.Increment(ref tokens)}}","expires_in":3600,"token_type":"Bearer"}"""),
            "/v1/operations/none" => Probed,
            _ => Annotate(JsonNode.Parse(request.Body)!)
        };
        foreach (var difference in check.Differences(request, status, body)) differences.Enqueue(difference);
        (context.Response.StatusCode, context.Response.ContentType) = (status, "application/json");
        await context.Response.WriteAsync(body);
    }

    private sealed class VisionDescriptionCheck
    {
        private readonly VendorDescription description = VendorDescription.Find("google-vision")!;

        public IEnumerable<string> Differences(ReceivedRequest request, int status, string body) => request.Target == "/token"
            ? [] : [.. description.Differences(request), .. status == 200 ? description.Differences(request, status, body) : []];
    }
}
