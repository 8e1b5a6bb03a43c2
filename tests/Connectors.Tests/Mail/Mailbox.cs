using System.Collections.Concurrent;
using System.Text.Json;
using Connections.Connectors;
using Connections.Connectors.OAuth;
using Connections.Connectors.Pipeline;
using Connections.Domain;
using Connectors.Tests.OAuth;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using TestServers;

namespace Connectors.Tests.Mail;

/// <summary>A provider with responses by method and path, and the connector to it.</summary>
public sealed class Mailbox : IAsyncDisposable
{
    public const string Token = "canary-access-token-33";

    private readonly ConcurrentDictionary<string, RequestDelegate> answers = [];
    private readonly ConcurrentDictionary<string, byte> connections = [];
    private readonly string connector;
    private readonly ApiServer server;
    private readonly ServiceProvider services;

    private Mailbox(string connector, ApiServer server, TimeProvider clock)
    {
        (this.connector, this.server) = (connector, server);
        var address = $"http://127.0.0.1:{server.Port}";
        var settings = new Dictionary<string, string?> { ["Network:AllowPrivate"] = "true", [$"OAuth:{connector}:ClientId"] = "client-1" };
        foreach (var name in (string[])["Base", "Identity"]) settings[$"OAuth:{connector}:{name}"] = address;
        services = new ServiceCollection().AddLogging().AddSingleton(clock)
            .AddConnectors(new ConfigurationBuilder().AddInMemoryCollection(settings).Build()).BuildServiceProvider();
        Answers("", "{}", 404);
        server.Answer = context =>
        {
            connections.TryAdd(context.Connection.Id, 0);
            return answers.GetValueOrDefault($"{context.Request.Method} {context.Request.Path}", answers[""])(context);
        };
    }

    public IReadOnlyList<ReceivedRequest> Requests => [.. server.Requests];

    /// <summary>The connections that received requests.</summary>
    public ICollection<string> Connections => connections.Keys;

    public static async Task<Mailbox> Create(string connector, TimeProvider? clock = null) =>
        new(connector, await ApiServer.Start(), clock ?? TimeProvider.System);

    public Mailbox Answers(string methodAndPath, string body, int status = 200, string? retryAfter = null) => Does(methodAndPath, context =>
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        if (retryAfter is not null) context.Response.Headers.RetryAfter = retryAfter;
        return context.Response.WriteAsync(body);
    });

    public Mailbox Does(string methodAndPath, RequestDelegate answer)
    {
        answers[methodAndPath] = answer;
        return this;
    }

    public Task<ConnectorResult> Run(string activity, object input, IAccessTokens? tokens = null) => services.GetRequiredService<ConnectorRunner>().Run(
        connector, Use(tokens), activity, JsonSerializer.SerializeToElement(input), TimeSpan.FromSeconds(30), default);

    public async Task<JsonElement> Done(string activity, object input)
    {
        var result = await Run(activity, input);
        return Assert.IsType<ConnectorResult.Done>(result).Output;
    }

    public async Task<ConnectorResult.Failed> Fails(string activity, object input) =>
        Assert.IsType<ConnectorResult.Failed>(await Run(activity, input));

    public Task<ProbeResult> Probe() => services.GetRequiredService<ConnectorRunner>().Probe(connector, Use(null), TimeSpan.FromSeconds(30), false, default);

    public async ValueTask DisposeAsync()
    {
        await services.DisposeAsync();
        await server.DisposeAsync();
    }

    private static ConnectionUse Use(IAccessTokens? tokens) => new(
        "default", Guid.CreateVersion7(), 1, JsonSerializer.SerializeToElement(new { }), Secret.None, Tokens: tokens ?? new HandedTokens(Token, Token));
}
