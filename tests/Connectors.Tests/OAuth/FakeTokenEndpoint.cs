using System.Text.Json;
using Connections.Connectors;
using Connections.Connectors.OAuth;
using Connections.Connectors.Pipeline;
using Connections.Domain;
using Connections.Domain.Token;
using DemoDefinitions;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using TestServers;

namespace Connectors.Tests.OAuth;

/// <summary>A provider with configurable responses, and a connector to it.</summary>
public sealed class FakeTokenEndpoint : IAsyncDisposable
{
    public const string ClientSecret = "canary-client-secret-81";

    private readonly CapturedLogs logs = new();
    private readonly ServiceProvider services;

    private FakeTokenEndpoint(ApiServer server, IReadOnlyDictionary<string, string?> more, TimeProvider clock)
    {
        Server = server;
        var settings = new Dictionary<string, string?>(more)
        {
            ["Network:AllowPrivate"] = "true",
            ["OAuth:demo-mail:Base"] = $"http://127.0.0.1:{server.Port}",
            ["OAuth:demo-mail:ClientId"] = "client-1",
            ["OAuth:demo-mail:ClientSecret"] = ClientSecret
        };
        services = new ServiceCollection().AddLogging(l => l.AddProvider(logs)).AddSingleton(clock)
            .AddConnectors(new ConfigurationBuilder().AddInMemoryCollection(settings).Build())
            .AddDefinedConnector(DemoConnectors.Mail)
            .BuildServiceProvider();
    }

    public ApiServer Server { get; }

    public OAuthDefinition Definition { get; set; } = DemoConnectors.Mail.Entry.OAuth!;

    public OAuthApplication Application => services.GetRequiredService<OAuthApplications>().Find("demo-mail", "default")!;

    public OperatorFaults Faults => services.GetRequiredService<OperatorFaults>();

    /// <summary>The log lines about operator faults.</summary>
    public IReadOnlyList<string> Received => [.. logs.Messages.Where(IsOfAFault)];

    public static async Task<FakeTokenEndpoint> Start(IReadOnlyDictionary<string, string?>? more = null, TimeProvider? clock = null) =>
        new(await ApiServer.Start(), more ?? new Dictionary<string, string?>(), clock ?? TimeProvider.System);

    public FakeTokenEndpoint Answers(int status, string body, string type = "application/json")
    {
        Server.Answer = context =>
        {
            context.Response.StatusCode = status;
            context.Response.ContentType = type;
            return context.Response.WriteAsync(body);
        };
        return this;
    }

    public Task<TokenResponse> Refresh(string token = "canary-refresh-17") => services.GetRequiredService<OAuthEndpoints>()
        .Refresh(Definition, Application, token, ["mail.send", "mail.read"], default);

    public Task<TokenResponse> Exchange(string code, string verifier) => services.GetRequiredService<OAuthEndpoints>()
        .Exchange(Definition, Application, code, verifier, "http://127.0.0.1:5080/api/oauth/callback", default);

    public async Task<TokenResponse.Failed> Fails() => Assert.IsType<TokenResponse.Failed>(await Refresh());

    public async Task<Grant> Gives() => Assert.IsType<TokenResponse.Granted>(await Refresh()).Grant;

    /// <param name="tested">A test has accepted the sign-in since it was last reported as rejected.</param>
    public Task<ConnectorResult> Run(IAccessTokens tokens, string activity, object input, bool tested = false) => services.GetRequiredService<ConnectorRunner>().Run(
        "demo-mail",
        new ConnectionUse("default", Guid.CreateVersion7(), 1, JsonSerializer.SerializeToElement(new { }), Secret.None, Tokens: tokens),
        activity,
        JsonSerializer.SerializeToElement(input),
        TimeSpan.FromSeconds(30),
        default,
        _ => Task.FromResult(tested));

    public async ValueTask DisposeAsync()
    {
        await services.DisposeAsync();
        await Server.DisposeAsync();
    }

    private static bool IsOfAFault(string line) =>
        line.StartsWith("OAuth application ", StringComparison.Ordinal) || line.StartsWith("Activities of ", StringComparison.Ordinal);
}
