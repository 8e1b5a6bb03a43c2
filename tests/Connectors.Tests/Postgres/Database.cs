using System.Text.Json;
using System.Text.Json.Nodes;
using Connections.Connectors;
using Connections.Connectors.Catalogue;
using Connections.Connectors.Databases;
using Connections.Connectors.Guard;
using Connections.Connectors.Pipeline;
using Connections.Connectors.Postgres;
using Connections.Domain;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using TestServers;

namespace Connectors.Tests.Postgres;

/// <summary>The registered connectors, and one connection to a server.</summary>
public sealed class Database : IAsyncDisposable
{
    private readonly ServiceProvider services;

    public Database(PostgresServer server, bool allowWrites = false, string tls = "prefer", string? ca = null, TimeProvider? clock = null)
    {
        Resolver.Answer(PostgresFixture.Host, [PostgresServer.Host]).Answer("other.test", [PostgresServer.Host]);
        var collection = new ServiceCollection().AddLogging(logging => logging.SetMinimumLevel(LogLevel.Trace).AddProvider(Logs));
        collection.AddSingleton<IHostResolver>(Resolver);
        if (clock is not null) collection.AddSingleton(clock);
        services = collection.AddConnectors(new ConfigurationBuilder()
            .AddInMemoryCollection(new Dictionary<string, string?> { ["Network:AllowPrivate"] = "true" }).Build()).BuildServiceProvider();
        Settings = new JsonObject
        {
            ["host"] = PostgresFixture.Host,
            ["port"] = server.Port,
            ["database"] = "shop",
            ["tls"] = tls,
            ["allowWrites"] = allowWrites
        };
        if (ca is not null) Settings["caCertificate"] = ca;
    }

    public FakeResolver Resolver { get; } = new();

    public LogCapture Logs { get; } = new();

    public JsonObject Settings { get; }

    public Guid Id { get; } = Guid.Parse(Convert.ToHexString(System.Security.Cryptography.RandomNumberGenerator.GetBytes(16)));

    public ConnectorRunner Runner => services.GetRequiredService<ConnectorRunner>();

    public CredentialMemory SignIns => services.GetRequiredService<CredentialMemory>();

    public IConnector Connector => services.GetRequiredService<ConnectorCatalogue>().Find("postgres")!;

    internal SessionPools<PostgresSession> Pools => services.GetRequiredService<SessionPools<PostgresSession>>();

    public ConnectionUse Use(int version = 1, string password = PostgresFixture.Password, string user = PostgresFixture.User) => new(
        "default", Id, version, JsonSerializer.SerializeToElement(Settings),
        Secret.From(JsonSerializer.SerializeToElement(new { username = user, password })));

    public Task<ConnectorResult> Run(string sql, object? parameters = null, int? maxRows = null, ConnectionUse? use = null, TimeSpan? timeout = null, CancellationToken ct = default)
    {
        var input = new JsonObject { ["sql"] = sql };
        if (parameters is not null) input["parameters"] = JsonSerializer.SerializeToNode(parameters);
        if (maxRows is not null) input["maxRows"] = maxRows;
        return Runner.Run("postgres", use ?? Use(), "run-query", JsonSerializer.SerializeToElement(input), timeout ?? TimeSpan.FromSeconds(60), ct);
    }

    public Task<ProbeResult> Probe(ConnectionUse? use = null, bool byPerson = false) =>
        Runner.Probe("postgres", use ?? Use(), TimeSpan.FromSeconds(30), byPerson, default);

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

    public ValueTask DisposeAsync() => services.DisposeAsync();
}
