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

/// <summary>A provider with scripted answers, and a connector over it.</summary>
internal sealed class Scripted : IAsyncDisposable
{
    /// <summary>The id of each activity.</summary>
    public static readonly Guid Activity = Guid.Parse("0190a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b");

    private readonly ApiServer server;
    private readonly ServiceProvider services;
    private readonly string connector;

    private Scripted(ApiServer server, ServiceProvider services, string connector) =>
        (this.server, this.services, this.connector) = (server, services, connector);

    /// <summary>The values that a sign-in kept.</summary>
    public Dictionary<string, string> Kept { get; } = new() { ["dataCentre"] = "zoho.eu" };

    /// <summary>Method and target of each request.</summary>
    public IEnumerable<string> Requests => server.Requests.Select(r => $"{r.Method} {r.Target}");

    public IEnumerable<string> Bodies => server.Requests.Select(r => r.Body);

    public IEnumerable<IReadOnlyDictionary<string, string>> Headers => server.Requests.Select(r => r.Headers);

    /// <summary>The credentials of each request.</summary>
    public IEnumerable<string> Authorizations => server.Requests.Select(r => r.Headers["Authorization"]);

    /// <param name="file">Null: the embedded definition of the connector.</param>
    /// <param name="answers">Status and body, in order; the last one repeats.</param>
    public static async Task<Scripted> Start(string connector, string path, DefinitionFile? file, params (int Status, string Body)[] answers)
    {
        var (server, at) = (await ApiServer.Start(), 0);
        server.Answer = context =>
        {
            var (status, body) = answers[Math.Min(at++, answers.Length - 1)];
            (context.Response.StatusCode, context.Response.ContentType) = (status, "application/json");
            return status == 204 ? Task.CompletedTask : context.Response.WriteAsync(body);
        };
        var collection = new ServiceCollection().AddLogging().AddConnectors(new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Network:AllowPrivate"] = "true",
            [$"Connectors:{connector}:Servers:accounts"] = $"http://127.0.0.1:{server.Port}",
            [$"Connectors:{connector}:Servers:content"] = $"http://127.0.0.1:{server.Port}{path}",
            [$"Connectors:{connector}:Servers:api"] = $"http://127.0.0.1:{server.Port}{path}"
        }).Build());
        if (file is not null) collection.AddDefinedConnector(file);
        return new Scripted(server, collection.BuildServiceProvider(), connector);
    }

    public Task<ConnectorResult> Run(string activity, object input, object settings, object credentials) => services.GetRequiredService<ConnectorRunner>()
        .Run(connector, Use(settings, credentials), activity, JsonSerializer.SerializeToElement(input), TimeSpan.FromSeconds(20), default);

    public Task<ProbeResult> Probe(object settings, object credentials) => services.GetRequiredService<ConnectorRunner>()
        .Probe(connector, Use(settings, credentials), TimeSpan.FromSeconds(20), byPerson: true, default);

    public async ValueTask DisposeAsync()
    {
        await services.DisposeAsync();
        await server.DisposeAsync();
    }

    private ConnectionUse Use(object settings, object credentials) => new(
        "default", Guid.CreateVersion7(), 1, JsonSerializer.SerializeToElement(settings), credentials is string ? Secret.None : Secret.From(JsonSerializer.SerializeToElement(credentials)),
        Tokens: credentials is string ? new OAuth.HandedTokens("canary-1", "canary-2") { Kept = Kept } : null, Activity: Activity);
}
