using System.Text.Json;
using Connections.Connectors;
using Connections.Connectors.Definitions;
using Connections.Connectors.Pipeline;
using Connections.Domain;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using TestServers;

namespace Connectors.Tests.Contract;

public abstract partial class ConnectorContract : IAsyncLifetime
{
    protected const string Canary = "canary-secret-5d1f7a";

    /// <summary>A good response to every request of every connector.</summary>
    protected virtual string Good =>
        """{"id":"1","sub":"1","email":"ann@demo.example","mail":"ann@demo.example","messages":[],"value":[]}""";

    private ApiServer server = null!;
    private ServiceProvider services = null!;

    protected IServiceProvider Services => services;

    protected Guid Id { get; } = Guid.CreateVersion7();

    protected abstract string Connector { get; }

    protected abstract (string Activity, object Input) Read { get; }

    protected abstract (string Activity, object Input) Write { get; }

    protected virtual FailureKind? NotFound => FailureKind.NotFound;

    protected virtual FailureKind? Html => FailureKind.Unavailable;

    protected virtual FailureKind TooLarge => FailureKind.Unavailable;

    /// <summary>The requests of a call whose credentials are rejected. A token is refreshed once.</summary>
    protected virtual int Rejected => 2;

    protected virtual DefinitionFile? Definition => null;

    /// <summary>The status of the good response to a write.</summary>
    protected virtual int GoodStatus => 200;

    /// <summary>The requests that follow a write with an unknown outcome.</summary>
    protected virtual int LookUps => 0;

    /// <summary>The requests of a write with an unknown outcome, without look-ups.</summary>
    protected virtual int Attempts => 1;

    /// <summary>The path of a definition's first server.</summary>
    protected virtual string ServerPath => "";

    /// <summary>The paths of a definition's servers, by name.</summary>
    protected virtual IEnumerable<KeyValuePair<string, string>> Servers => [new("api", ServerPath), new("accounts", "")];

    /// <summary>Whether a request only prepares others, such as one for the account. It always succeeds, and is not counted.</summary>
    protected virtual bool Precedes(ReceivedRequest request) => false;

    protected string Address => $"http://127.0.0.1:{server.Port}";

    public async ValueTask InitializeAsync()
    {
        server = await ApiServer.Start();
        Answers(200);
        var settings = new Dictionary<string, string?> { ["Network:AllowPrivate"] = "true", [$"OAuth:{Connector}:ClientId"] = "client-1" };
        foreach (var (name, path) in Servers) settings[$"Connectors:{Connector}:Servers:{name}"] = $"{Address}{path}";
        foreach (var name in (string[])["Base", "Identity"]) settings[$"OAuth:{Connector}:{name}"] = Address;
        var collection = new ServiceCollection().AddLogging()
            .AddConnectors(new ConfigurationBuilder().AddInMemoryCollection(settings).Build());
        if (Definition is { } definition) collection.AddDefinedConnector(definition);
        services = collection.BuildServiceProvider();
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await services.DisposeAsync();
        await server.DisposeAsync();
    }

    protected virtual ConnectionUse Use(int version) => new(
        "default", Id, version, JsonSerializer.SerializeToElement(new { }), Secret.None,
        Tokens: new OAuth.HandedTokens($"{Canary}-1", $"{Canary}-2", $"{Canary}-3", $"{Canary}-4"));

    protected ConnectionUse Typed(object settings, object credentials, int version) => new(
        "default", Id, version, JsonSerializer.SerializeToElement(settings), Secret.From(JsonSerializer.SerializeToElement(credentials)));

    private int Sent => server.Requests.Count(r => !Precedes(r));

    private Func<HttpContext, Task> Answering
    {
        set => server.Answer = context => Precedes(server.Requests.Last()) ? Answer(context, 200) : value(context);
    }

    private (Task Came, Task Gone) Silence()
    {
        var (came, gone) = (new TaskCompletionSource(), new TaskCompletionSource());
        Answering = async context =>
        {
            await using var registered = context.RequestAborted.Register(() => gone.TrySetResult());
            came.TrySetResult();
            await gone.Task;
        };
        return (came.Task, gone.Task);
    }

    private void Answers(int status, string? retryAfter = null) => Answering = context => Answer(context, status, retryAfter);

    /// <summary>The good response to a request.</summary>
    protected virtual (int Status, string Body) Reply(ReceivedRequest request) => (HttpMethods.IsGet(request.Method) ? 200 : GoodStatus, Good);

    // An error quotes the request, as providers do.
    private Task Answer(HttpContext context, int status, string? retryAfter = null)
    {
        var said = string.Join(' ', context.Request.Headers.Values.Append(context.Request.QueryString.Value));
        var (good, body) = status == 200 ? Reply(server.Requests.Last()) : (status, JsonSerializer.Serialize(new { error = new { code = said, message = said } }));
        (context.Response.StatusCode, context.Response.ContentType) = (good, "application/json");
        if (retryAfter is not null) context.Response.Headers.RetryAfter = retryAfter;
        return body == "" ? Task.CompletedTask : context.Response.WriteAsync(body);
    }

    private async Task<ConnectorResult.Failed> Fails((string, object) activity) => Assert.IsType<ConnectorResult.Failed>(await Run(activity));

    private Task<ConnectorResult> Run(
        (string Activity, object Input) what, bool tested = false, TimeSpan? timeout = null, ConnectionUse? use = null, CancellationToken ct = default) =>
        services.GetRequiredService<ConnectorRunner>().Run(
            Connector, use ?? Use(1), what.Activity, JsonSerializer.SerializeToElement(what.Input), timeout ?? TimeSpan.FromSeconds(30), ct,
            _ => Task.FromResult(tested));

    private Task<ProbeResult> Probe() =>
        services.GetRequiredService<ConnectorRunner>().Probe(Connector, Use(1), TimeSpan.FromSeconds(20), byPerson: true, default);
}
