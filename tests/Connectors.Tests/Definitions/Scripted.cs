using System.Text.Json;
using Connections.Connectors;
using Connections.Connectors.Definitions;
using Connections.Connectors.Files;
using Connections.Connectors.Pipeline;
using Connections.Domain;
using Connectors.Tests.Descriptions;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using TestServers;

namespace Connectors.Tests.Definitions;

/// <summary>
/// A provider with scripted answers, and a connector over it. Where the vendor publishes a description of its API, each request and each
/// answer is held to it.
/// </summary>
internal sealed class Scripted : IAsyncDisposable
{
    /// <summary>The id of each activity.</summary>
    public static readonly Guid Activity = Guid.Parse("0190a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b");

    private readonly ApiServer server;
    private readonly ServiceProvider services;
    private readonly string connector;

    private readonly List<string> differences;

    private Scripted(ApiServer server, ServiceProvider services, string connector, List<string> differences) =>
        (this.server, this.services, this.connector, this.differences) = (server, services, connector, differences);

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
    public static Task<Scripted> Start(string connector, string path, DefinitionFile? file, params (int Status, string Body)[] answers)
    {
        var at = 0;
        return Start(connector, path, file, _ => Task.FromResult(answers[Math.Min(at++, answers.Length - 1)]));
    }

    /// <param name="answer">Returns status and body of the answer to a request.</param>
    public static async Task<Scripted> Start(
        string connector,
        string path,
        DefinitionFile? file,
        Func<ReceivedRequest, Task<(int Status, string Body)>> answer,
        IFileStore? files = null)
    {
        var server = await ApiServer.Start();
        var description = VendorDescription.Find(connector);
        var differences = new List<string>();
        server.Answer = async context =>
        {
            var request = server.Requests.Last();
            var (status, body) = await answer(request);
            (context.Response.StatusCode, context.Response.ContentType) = (status, "application/json");
            if (description is not null)
                differences.AddRange([.. description.Differences(request), .. description.Differences(request, status, body)]);
            if (status != 204) await context.Response.WriteAsync(body);
        };
        var settings = new Dictionary<string, string?>
        {
            ["Network:AllowPrivate"] = "true",
            [$"Connectors:{connector}:Servers:accounts"] = $"http://127.0.0.1:{server.Port}",
            [$"Connectors:{connector}:Servers:content"] = $"http://127.0.0.1:{server.Port}{path}",
            [$"Connectors:{connector}:Servers:api"] = $"http://127.0.0.1:{server.Port}{path}"
        };
        var collection = new ServiceCollection().AddLogging()
            .AddConnectors(new ConfigurationBuilder().AddInMemoryCollection(settings).Build());
        if (file is not null) collection.AddDefinedConnector(file);
        if (files is not null) collection.AddSingleton(files);
        return new Scripted(server, collection.BuildServiceProvider(), connector, differences);
    }

    public Task<ConnectorResult> Run(string activity, object input, object settings, object credentials) =>
        services.GetRequiredService<ConnectorRunner>().Run(
            connector, Use(settings, credentials), activity, JsonSerializer.SerializeToElement(input), TimeSpan.FromSeconds(20), default);

    public Task<ProbeResult> Probe(object settings, object credentials) => services.GetRequiredService<ConnectorRunner>()
        .Probe(connector, Use(settings, credentials), TimeSpan.FromSeconds(20), byPerson: true, default);

    public async ValueTask DisposeAsync()
    {
        await services.DisposeAsync();
        await server.DisposeAsync();
        Assert.True(differences.Count == 0, string.Join('\n', differences));
    }

    private ConnectionUse Use(object settings, object credentials) => new(
        "default", Guid.CreateVersion7(), 1, JsonSerializer.SerializeToElement(settings),
        credentials is string ? Secret.None : Secret.From(JsonSerializer.SerializeToElement(credentials)),
        Tokens: credentials is string ? new OAuth.HandedTokens("canary-1", "canary-2") { Kept = Kept } : null, Activity: Activity);
}
