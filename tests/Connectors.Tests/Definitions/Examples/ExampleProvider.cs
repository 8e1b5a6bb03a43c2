using Connections.Connectors;
using Connections.Connectors.Catalogue;
using Connections.Connectors.Definitions.Running;
using Connections.Connectors.OAuth;
using Connections.Connectors.Pipeline;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Newtonsoft.Json.Linq;
using TestServers;

namespace Connectors.Tests.Definitions.Examples;

/// <summary>A provider that gives the answers of a case, and records the requests with their real addresses. Each server is one of its own.</summary>
internal sealed class ExampleProvider : IAsyncDisposable
{
    private readonly List<ApiServer> servers = [];
    private readonly ExampleCase example;
    private readonly ServiceProvider services;

    private ExampleProvider(ExampleCase example, IReadOnlyDictionary<string, Uri> addresses, IEnumerable<ApiServer> started, CatalogueEntry entry)
    {
        (this.example, Entry) = (example, entry);
        servers.AddRange(started);
        var settings = new Dictionary<string, string?> { ["Network:AllowPrivate"] = "true" };
        foreach (var ((name, address), server) in addresses.Zip(servers))
        {
            settings[$"Connectors:{entry.Id}:Servers:{name}"] = $"http://127.0.0.1:{server.Port}{address.AbsolutePath.TrimEnd('/')}";
            server.Answer = async context =>
            {
                var request = server.Requests.Last();
                Requests.Add((request, new Uri(address, request.Target)));
                await Answer(context.Response);
            };
        }

        services = new ServiceCollection().AddLogging().AddConnectors(new ConfigurationBuilder().AddInMemoryCollection(settings).Build()).BuildServiceProvider();
    }

    public List<(ReceivedRequest Request, Uri Address)> Requests { get; } = [];

    public CatalogueEntry Entry { get; }

    public ConnectorRunner Runner => services.GetRequiredService<ConnectorRunner>();

    public static async Task<ExampleProvider> Start(Example example, ExampleCase played)
    {
        var addresses = Addresses(example, played);
        var started = new List<ApiServer>();
        foreach (var _ in addresses) started.Add(await ApiServer.Start());
        return new ExampleProvider(played, addresses, started, example.Definition.Entry);
    }

    /// <summary>The addresses of the definition's servers, by name.</summary>
    public static IReadOnlyDictionary<string, Uri> Addresses(Example example, ExampleCase played)
    {
        var targets = new Targets(example.Definition, new OAuthApplications(new ConfigurationBuilder().Build()), new Dictionary<string, string>());
        var roots = new JObject
        {
            ["settings"] = JObject.Parse(played.Use(Guid.Empty, 1).Settings.GetRawText()),
            ["kept"] = JObject.FromObject(example.Kept)
        };
        return example.Definition.Servers.Keys.ToDictionary(name => name, name =>
        {
            var target = targets.Find(name, null, roots, out var problem);
            Assert.True(target is not null, $"{played}: {problem?.Message}");
            return target!.Base;
        });
    }

    public async ValueTask DisposeAsync()
    {
        await services.DisposeAsync();
        foreach (var server in servers) await server.DisposeAsync();
    }

    // The last answer repeats.
    private Task Answer(HttpResponse response)
    {
        var exchange = example.Exchanges[Math.Min(Requests.Count, example.Exchanges.Count) - 1];
        (response.StatusCode, response.ContentType) = (ExampleCase.Status(exchange), "application/json");
        foreach (var (name, value) in exchange["answerHeaders"]?.AsObject() ?? []) response.Headers[name] = value!.ToString();
        var body = ExampleCase.Answer(exchange);
        return body == "" ? Task.CompletedTask : response.WriteAsync(body);
    }
}
