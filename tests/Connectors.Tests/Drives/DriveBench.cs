using System.Collections.Concurrent;
using System.Text.Json;
using Connections.Connectors;
using Connections.Connectors.Files;
using Connections.Connectors.Pipeline;
using Connections.Domain;
using Connectors.Tests.Descriptions;
using Connectors.Tests.OAuth;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using TestServers;

namespace Connectors.Tests.Drives;

/// <summary>A connector to a drive, over a double of its provider that holds each request to the vendor's description.</summary>
internal sealed class DriveBench : IAsyncDisposable
{
    public const string Token = "canary-access-token-33";

    private readonly string connector;
    private readonly ApiServer server;
    private readonly ServiceProvider services;
    private readonly ConcurrentQueue<string> differences = new();

    private DriveBench(
        string connector, ApiServer server, Func<ReceivedRequest, HttpContext, Task> answer, Func<ReceivedRequest, ReceivedRequest?> described,
        TimeProvider clock, Action<IServiceCollection>? more)
    {
        (this.connector, this.server) = (connector, server);
        var settings = new Dictionary<string, string?>
        {
            ["Network:AllowPrivate"] = "true",
            [$"OAuth:{connector}:ClientId"] = "client-1",
            [$"OAuth:{connector}:Base"] = Address,
            [$"Connectors:{connector}:Servers:api"] = $"{Address}/2",
            [$"Connectors:{connector}:Servers:content"] = $"{Address}/2"
        };
        var collection = new ServiceCollection().AddLogging().AddSingleton(clock).AddSingleton<IFileStore>(Files)
            .AddConnectors(new ConfigurationBuilder().AddInMemoryCollection(settings).Build());
        more?.Invoke(collection);
        services = collection.BuildServiceProvider();
        server.Answer = async context =>
        {
            var request = server.Requests.Last();
            if (described(request) is { } known)
                foreach (var difference in VendorDescription.Find(connector)!.Differences(known)) differences.Enqueue(difference);
            if (Fault is { } fault && await fault(request, context)) return;
            await answer(request, context);
        };
    }

    public MemoryFiles Files { get; } = new();

    public string Address => $"http://127.0.0.1:{server.Port}";

    public IReadOnlyList<ReceivedRequest> Requests => [.. server.Requests];

    /// <summary>Answers in place of the double, if it returns true.</summary>
    public Func<ReceivedRequest, HttpContext, Task<bool>>? Fault { get; set; }

    public IReadOnlyDictionary<string, string> Kept { get; init; } = new Dictionary<string, string>();

    /// <param name="described">The request as the vendor's description knows it; null: it describes no such request.</param>
    public static async Task<DriveBench> Start(
        string connector, Func<ReceivedRequest, HttpContext, Task> answer, Func<ReceivedRequest, ReceivedRequest?> described,
        IReadOnlyDictionary<string, string>? kept = null, TimeProvider? clock = null,
        Action<IServiceCollection>? more = null) =>
        new(connector, await ApiServer.Start(), answer, described, clock ?? TimeProvider.System, more)
        {
            Kept = kept ?? new Dictionary<string, string>()
        };

    public Task<ConnectorResult> Run(string activity, object input, IStage? stage = null, TimeSpan? timeout = null) =>
        services.GetRequiredService<ConnectorRunner>().Run(
            connector, Use(stage), activity, JsonSerializer.SerializeToElement(input), timeout ?? TimeSpan.FromSeconds(60), default);

    public async Task<JsonElement> Done(string activity, object input, IStage? stage = null)
    {
        var result = await Run(activity, input, stage);
        if (result is ConnectorResult.Failed failed) Assert.Fail($"{failed.Kind}: {failed.Message}");
        Assert.Empty(differences);
        return Assert.IsType<ConnectorResult.Done>(result).Output;
    }

    public async Task<ConnectorResult.Failed> Fails(string activity, object input, IStage? stage = null)
    {
        var failed = Assert.IsType<ConnectorResult.Failed>(await Run(activity, input, stage));
        Assert.DoesNotContain(Token, failed.ToString(), StringComparison.Ordinal);
        return failed;
    }

    public Task<ProbeResult> Probe() => services.GetRequiredService<ConnectorRunner>().Probe(
        connector, Use(null), TimeSpan.FromSeconds(30), byPerson: false, default);

    public async ValueTask DisposeAsync()
    {
        await services.DisposeAsync();
        await server.DisposeAsync();
    }

    /// <summary>A text of a length in which each place differs from its neighbours.</summary>
    public static string Content(int length) => string.Create(length, 0, (text, _) =>
    {
        for (var i = 0; i < text.Length; i++) text[i] = (char)('a' + ((i / 1024 + i) % 26));
    });

    public static Task Answer(HttpContext context, int status, object? body = null)
    {
        (context.Response.StatusCode, context.Response.ContentType) = (status, "application/json");
        return body is null ? Task.CompletedTask : context.Response.WriteAsync(JsonSerializer.Serialize(body));
    }

    /// <summary>Sends a part of a body that says to be longer, and breaks the connection.</summary>
    public static async Task Break(HttpContext context, string text, int sent)
    {
        context.Response.ContentLength = text.Length;
        await context.Response.WriteAsync(text[..sent]);
        await context.Response.Body.FlushAsync();
        context.Abort();
    }

    private ConnectionUse Use(IStage? stage) => new(
        "default", Guid.CreateVersion7(), 1, JsonSerializer.SerializeToElement(new { }), Secret.None,
        Tokens: new HandedTokens(Token, Token) { Kept = Kept }, Activity: Guid.CreateVersion7(), Stage: stage);
}
