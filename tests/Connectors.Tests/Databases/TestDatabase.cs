using System.Text.Json;
using System.Text.Json.Nodes;
using Connections.Connectors;
using Connections.Connectors.Catalogue;
using Connections.Connectors.Databases;
using Connections.Connectors.Guard;
using Connections.Connectors.Pipeline;
using Connections.Domain;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using TestServers;

namespace Connectors.Tests.Databases;

/// <summary>The registered connectors, and one connection to a test server.</summary>
public abstract class TestDatabase : IAsyncDisposable
{
    public const string User = "app";

    private readonly ServiceProvider services;
    private readonly string connector, password;

    protected TestDatabase(
        string connector, int port, string host, string password, bool allowWrites, string tls, string? ca, TimeProvider? clock)
    {
        (this.connector, this.password) = (connector, password);
        Resolver.Answer(host, ["127.0.0.1"]).Answer("other.test", ["127.0.0.1"]);
        var collection = new ServiceCollection().AddLogging(logging => logging.SetMinimumLevel(LogLevel.Trace).AddProvider(Logs));
        collection.AddSingleton<IHostResolver>(Resolver);
        if (clock is not null) collection.AddSingleton(clock);
        services = collection.AddConnectors(new ConfigurationBuilder()
            .AddInMemoryCollection(new Dictionary<string, string?> { ["Network:AllowPrivate"] = "true" }).Build()).BuildServiceProvider();
        Settings = new JsonObject { ["host"] = host, ["port"] = port, ["database"] = "shop", ["tls"] = tls, ["allowWrites"] = allowWrites };
        if (ca is not null) Settings["caCertificate"] = ca;
    }

    public FakeResolver Resolver { get; } = new();

    public CapturedLogs Logs { get; } = new();

    public JsonObject Settings { get; }

    /// <summary>Credentials beside user and password.</summary>
    public JsonObject OtherCredentials { get; } = [];

    public Guid Id { get; } = Guid.CreateVersion7();

    public ConnectorRunner Runner => services.GetRequiredService<ConnectorRunner>();

    public IConnector Connector => services.GetRequiredService<ConnectorCatalogue>().Find(connector)!;

    public abstract int PoolCount { get; }

    /// <summary>The idle sessions of the pool of a limit of ten.</summary>
    public abstract int IdleSessions { get; }

    public ConnectionUse Use(int version = 1, string? password = null, string user = User)
    {
        var credentials = new JsonObject { ["username"] = user, ["password"] = password ?? this.password };
        foreach (var (name, value) in OtherCredentials) credentials[name] = value?.DeepClone();
        return new ConnectionUse("default", Id, version, JsonSerializer.SerializeToElement(Settings), Secret.From(JsonSerializer.SerializeToElement(credentials)));
    }

    public Task<ConnectorResult> Run(
        string sql, object? parameters = null, int? maxRows = null, ConnectionUse? use = null, TimeSpan? timeout = null,
        string activity = "run-query", CancellationToken ct = default)
    {
        var input = new JsonObject { ["sql"] = sql };
        if (parameters is not null) input["parameters"] = JsonSerializer.SerializeToNode(parameters);
        if (maxRows is not null) input["maxRows"] = maxRows;
        return Runner.Run(connector, use ?? Use(), activity, JsonSerializer.SerializeToElement(input), timeout ?? TimeSpan.FromSeconds(60), ct);
    }

    public Task<ProbeResult> Probe(ConnectionUse? use = null, bool byPerson = false) =>
        Runner.Probe(connector, use ?? Use(), TimeSpan.FromSeconds(30), byPerson, default);

    public async Task<JsonElement> Query(string sql, object? parameters = null, int? maxRows = null)
    {
        var result = await Run(sql, parameters, maxRows);
        if (result is ConnectorResult.Failed failed) Assert.Fail($"{failed.Kind}: {failed.Message}");
        return Assert.IsType<ConnectorResult.Done>(result).Output;
    }

    /// <summary>The first value of the result, as JSON.</summary>
    public async Task<string> Value(string sql, object? parameters = null) => (await Query(sql, parameters)).GetProperty("rows")[0][0].GetRawText();

    public async Task<ConnectorResult.Failed> Fails(string sql, object? parameters = null) =>
        Assert.IsType<ConnectorResult.Failed>(await Run(sql, parameters));

    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return services.DisposeAsync();
    }

    private protected SessionPools<TSession> Pools<TSession>() where TSession : DatabaseSession => services.GetRequiredService<SessionPools<TSession>>();

    private protected int Idle<TSession>(int port) where TSession : DatabaseSession =>
        Pools<TSession>().For(Use(), DatabaseSettings.Parse(Use().Settings, port), 10).Idle;
}
