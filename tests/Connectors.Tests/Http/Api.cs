using System.Text.Json;
using System.Text.Json.Nodes;
using Connections.Connectors;
using Connections.Connectors.Catalogue;
using Connections.Connectors.Guard;
using Connections.Connectors.Http;
using Connections.Connectors.Pipeline;
using Connections.Domain;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using TestServers;

namespace Connectors.Tests.Http;

/// <summary>The registered connectors, and one connection to an API.</summary>
public sealed class Api : IAsyncDisposable
{
    public const string Token = "canary-token-4f6b";

    private readonly ServiceProvider services;

    public Api(string baseUrl, string auth = "bearer", bool allowPrivate = true, TimeProvider? clock = null)
    {
        Resolver.Answer("api.test", ["127.0.0.1"]).Answer("other.test", ["127.0.0.1"]);
        var collection = new ServiceCollection().AddLogging(logging => logging.SetMinimumLevel(LogLevel.Trace).AddProvider(Logs));
        collection.AddSingleton<IHostResolver>(Resolver).AddSingleton(clock ?? TimeProvider.System);
        services = collection.AddConnectors(new ConfigurationBuilder().AddInMemoryCollection(
            new Dictionary<string, string?> { ["Network:AllowPrivate"] = allowPrivate ? "true" : "false" }).Build()).BuildServiceProvider();
        Settings = new JsonObject { ["baseUrl"] = baseUrl, ["auth"] = auth };
    }

    public FakeResolver Resolver { get; } = new();

    public CapturedLogs Logs { get; } = new();

    public JsonObject Settings { get; }

    public JsonObject Credentials { get; } = new() { ["token"] = Token, ["apiKey"] = Token, ["username"] = "app", ["password"] = Token };

    public Guid Id { get; } = Guid.CreateVersion7();

    public IConnector Connector => services.GetRequiredService<ConnectorCatalogue>().Find("http")!;

    public ConnectorCatalogue Catalogue => services.GetRequiredService<ConnectorCatalogue>();

    internal HttpClientPool Clients => services.GetRequiredService<HttpClientPool>();

    public ConnectionUse Use(int version = 1) => new(
        "default", Id, version, JsonSerializer.SerializeToElement(Settings), Secret.From(JsonSerializer.SerializeToElement(Credentials)));

    public Task<ConnectorResult> Run(object input, TimeSpan? timeout = null, int version = 1) => services.GetRequiredService<ConnectorRunner>().Run(
        "http", Use(version), "request", JsonSerializer.SerializeToElement(input), timeout ?? TimeSpan.FromSeconds(30), default);

    public Task<ConnectorResult> Get(string path) => Run(new { method = "GET", path });

    public async Task<JsonElement> Done(object input)
    {
        var result = await Run(input);
        if (result is ConnectorResult.Failed failed) Assert.Fail($"{failed.Kind}: {failed.Message}");
        return Assert.IsType<ConnectorResult.Done>(result).Output;
    }

    public async Task<ConnectorResult.Failed> Fails(object input, TimeSpan? timeout = null) => Assert.IsType<ConnectorResult.Failed>(await Run(input, timeout));

    public Task<ProbeResult> Probe() => services.GetRequiredService<ConnectorRunner>().Probe("http", Use(), TimeSpan.FromSeconds(20), true, default);

    public ValueTask DisposeAsync() => services.DisposeAsync();
}
