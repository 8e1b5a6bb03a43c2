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

/// <summary>What every connector to an HTTP API promises. One line per connector, over a scripted provider.</summary>
public abstract class ConnectorContract : IAsyncLifetime
{
    protected const string Canary = "canary-secret-5d1f7a";

    /// <summary>A good response to every request of every connector.</summary>
    private const string Good =
        """{"id":"1","sub":"1","email":"ann@demo.example","mail":"ann@demo.example","messages":[],"value":[]}""";

    private readonly Guid id = Guid.CreateVersion7();
    private ApiServer server = null!;
    private ServiceProvider services = null!;

    protected abstract string Connector { get; }

    protected abstract (string Activity, object Input) Read { get; }

    protected abstract (string Activity, object Input) Write { get; }

    protected virtual FailureKind? NotFound => FailureKind.NotFound;

    protected virtual FailureKind? Html => FailureKind.Unavailable;

    protected virtual FailureKind TooLarge => FailureKind.Unavailable;

    /// <summary>The requests of a call whose credentials are rejected. A token is refreshed once.</summary>
    protected virtual int Rejected => 2;

    protected virtual ConnectorDefinition? Definition => null;

    protected string Address => $"http://127.0.0.1:{server.Port}";

    public async ValueTask InitializeAsync()
    {
        server = await ApiServer.Start();
        Answers(200);
        var settings = new Dictionary<string, string?> { ["Network:AllowPrivate"] = "true", [$"OAuth:{Connector}:ClientId"] = "client-1" };
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

    [Fact]
    public async Task A_good_response_is_a_result()
    {
        Assert.IsType<ConnectorResult.Done>(await Run(Read));
        Assert.IsType<ConnectorResult.Done>(await Run(Write));
        Assert.NotNull((await Probe()).Account);
    }

    [Fact]
    public async Task Rejected_credentials_are_used_once_and_not_shown()
    {
        Answers(401);
        var failed = await Fails(Read);
        Assert.Equal((FailureKind.ReauthRequired, Delivered.No), (failed.Kind, failed.Delivered));
        Assert.EndsWith("(401).", failed.Reason, StringComparison.Ordinal);
        Assert.DoesNotContain(Canary, failed.ToString(), StringComparison.Ordinal);
        Assert.Equal((FailureKind.ReauthRequired, false), (await Fails(Write)) is var again ? (again.Kind, again.Attempted) : default);
        Assert.Equal(Rejected, server.Requests.Count);
    }

    [Fact]
    public async Task A_rejected_call_rejects_no_credentials_that_pass_a_test()
    {
        var called = false;
        server.Answer = context =>
        {
            (var first, called) = (!called, true);
            return Answer(context, first || server.Requests.Count <= Rejected ? 401 : 200);
        };
        var failed = Assert.IsType<ConnectorResult.Failed>(await Run(Write, tested: true));
        Assert.Equal((FailureKind.Forbidden, Delivered.No), (failed.Kind, failed.Delivered));
        Assert.IsType<ConnectorResult.Done>(await Run(Read));
    }

    [Theory]
    [InlineData(403, null, FailureKind.Forbidden)]
    [InlineData(429, null, FailureKind.Throttled)]
    [InlineData(429, "30", FailureKind.Throttled)]
    [InlineData(503, "30", FailureKind.Throttled)]
    public async Task A_refusal_is_not_repeated_and_quotes_no_secret(int status, string? retryAfter, FailureKind kind)
    {
        Answers(status, retryAfter);
        var failed = await Fails(Read);
        Assert.Equal((kind, retryAfter is null ? null : TimeSpan.FromSeconds(30)), (failed.Kind, failed.RetryAfter));
        Assert.DoesNotContain(Canary, failed.ToString(), StringComparison.Ordinal);
        Assert.EndsWith($"({status}).", failed.Reason, StringComparison.Ordinal);
        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task An_unknown_resource_is_the_activitys_own_failure()
    {
        Answers(404);
        Assert.Equal(NotFound, (await Run(Read) as ConnectorResult.Failed)?.Kind);
        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task A_failing_provider_is_called_again_only_where_that_is_harmless()
    {
        server.Answer = context => Answer(context, server.Requests.Count == 1 ? 500 : 200);
        Assert.IsType<ConnectorResult.Done>(await Run(Read));
        Assert.Equal(2, server.Requests.Count);
        Answers(500);
        var failed = await Fails(Write);
        Assert.Equal((FailureKind.Unavailable, Delivered.Maybe, 3), (failed.Kind, failed.Delivered, server.Requests.Count));
    }

    [Fact]
    public async Task A_refused_connection_delivers_nothing()
    {
        var address = Use(1);
        await server.DisposeAsync();
        var failed = Assert.IsType<ConnectorResult.Failed>(await Run(Write, use: address));
        Assert.Equal((FailureKind.Unavailable, Delivered.No), (failed.Kind, failed.Delivered));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_connection_that_breaks_may_have_delivered(bool within)
    {
        server.Answer = async context =>
        {
            if (within)
            {
                (context.Response.ContentType, context.Response.ContentLength) = ("application/json", 100);
                await context.Response.WriteAsync("{\"id\":");
                await context.Response.Body.FlushAsync();
            }

            context.Abort();
        };
        var failed = await Fails(Write);
        Assert.Equal((FailureKind.Unavailable, Delivered.Maybe, 1), (failed.Kind, failed.Delivered, server.Requests.Count));
    }

    [Fact]
    public async Task Silence_is_a_timeout_and_ends_the_call_at_the_provider()
    {
        var gone = Silence();
        var failed = Assert.IsType<ConnectorResult.Failed>(await Run(Write, timeout: TimeSpan.FromMilliseconds(500)));
        Assert.Equal((FailureKind.Timeout, Delivered.Maybe), (failed.Kind, failed.Delivered));
        await gone.Gone.WaitAsync(TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task A_cancellation_reaches_the_provider()
    {
        var (came, gone) = Silence();
        using var cancel = new CancellationTokenSource();
        var running = Run(Write, ct: cancel.Token);
        await came.WaitAsync(TimeSpan.FromSeconds(30));
        await cancel.CancelAsync();
        await gone.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Equal(FailureKind.Timeout, Assert.IsType<ConnectorResult.Failed>(await running).Kind);
    }

    [Fact]
    public async Task Html_instead_of_JSON_is_no_exception()
    {
        server.Answer = context =>
        {
            context.Response.ContentType = "text/html";
            return context.Response.WriteAsync("<html>Please sign in</html>");
        };
        Assert.Equal(Html, (await Run(Read) as ConnectorResult.Failed)?.Kind);
    }

    [Fact]
    public async Task A_huge_response_is_not_read_completely()
    {
        server.Answer = async context =>
        {
            context.Response.ContentType = "application/json";
            var part = new byte[256 * 1024];
            Array.Fill(part, (byte)' ');
            try
            {
                while (!context.RequestAborted.IsCancellationRequested) await context.Response.Body.WriteAsync(part, context.RequestAborted);
            }
            catch (Exception e) when (e is OperationCanceledException or IOException)
            {
                // the client has closed the connection
            }
        };
        Assert.Equal(TooLarge, (await Fails(Write)).Kind);
    }

    protected virtual ConnectionUse Use(int version) => new(
        "default", id, version, JsonSerializer.SerializeToElement(new { }), Secret.None,
        Tokens: new OAuth.HandedTokens($"{Canary}-1", $"{Canary}-2", $"{Canary}-3", $"{Canary}-4"));

    protected ConnectionUse Typed(object settings, object credentials, int version) => new(
        "default", id, version, JsonSerializer.SerializeToElement(settings), Secret.From(JsonSerializer.SerializeToElement(credentials)));

    private (Task Came, Task Gone) Silence()
    {
        var (came, gone) = (new TaskCompletionSource(), new TaskCompletionSource());
        server.Answer = async context =>
        {
            await using var registered = context.RequestAborted.Register(() => gone.TrySetResult());
            came.TrySetResult();
            await gone.Task;
        };
        return (came.Task, gone.Task);
    }

    private void Answers(int status, string? retryAfter = null) => server.Answer = context => Answer(context, status, retryAfter);

    // An error quotes the request, as providers do.
    private static Task Answer(HttpContext context, int status, string? retryAfter = null)
    {
        (context.Response.StatusCode, context.Response.ContentType) = (status, "application/json");
        if (retryAfter is not null) context.Response.Headers.RetryAfter = retryAfter;
        var said = $"{context.Request.Headers.Authorization} {context.Request.Headers["X-Key"]}";
        return context.Response.WriteAsync(status < 300 ? Good : JsonSerializer.Serialize(new { error = new { code = said, message = said } }));
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
