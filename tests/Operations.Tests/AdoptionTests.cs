using System.Text.Json;
using Connections.Connectors;
using Connections.Connectors.Catalogue;
using Connections.Connectors.Guard;
using Connections.Connectors.OAuth;
using Connections.Connectors.Pipeline;
using Connections.Domain;
using Connections.Domain.Claims;
using Connections.Domain.Connection;
using Connections.Domain.Token;
using Connections.Operations.Claims;
using Connections.Operations.Connections;
using Connections.Operations.SignIns;
using DemoDefinitions;
using EventSourcing;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using TestServers;

namespace Operations.Tests;

/// <summary>A grant that was made elsewhere is taken over, at a provider that takes each refresh token once: what it gave is lost by no failure.</summary>
public sealed class AdoptionTests : IAsyncLifetime
{
    private const string HandedIn = "refresh-0";

    private readonly FakeTimeProvider clock = new();
    private readonly HashSet<string> spent = [];
    private readonly OpenVault vault = new();
    private readonly Guid id = Guid.CreateVersion7();
    private InterruptedLog log = null!;
    private ApiServer provider = null!;
    private ServiceProvider services = null!;
    private AdoptGrants adopt = null!;
    private int failures;
    private int given;

    public async ValueTask InitializeAsync()
    {
        provider = await ApiServer.Start();
        provider.Answer = Answer;
        var settings = new Dictionary<string, string?>
        {
            ["Network:AllowPrivate"] = "true",
            ["OAuth:demo-mail:ClientId"] = "client-1",
            ["OAuth:demo-mail:Base"] = $"http://127.0.0.1:{provider.Port}"
        };
        services = new ServiceCollection().AddLogging().AddSingleton<TimeProvider>(clock)
            .AddConnectors(new ConfigurationBuilder().AddInMemoryCollection(settings).Build())
            .AddDefinedConnector(DemoConnectors.Mail).BuildServiceProvider();
        log = new InterruptedLog(new InMemoryEventLog(clock));
        var connections = new ConnectionStreams(log);
        adopt = new AdoptGrants(
            connections,
            new SignInConnectors(services.GetRequiredService<ConnectorCatalogue>(), services.GetRequiredService<OAuthApplications>()),
            services.GetRequiredService<OAuthEndpoints>(),
            new ConnectionProbe(services.GetRequiredService<ConnectorRunner>(), new Fingerprints(new PlainHash())),
            new ClaimKeeper(new ClaimStreams(log), connections, new ClaimGracePeriod(clock), clock),
            vault,
            new PlainHash(),
            new ProbeRejections(Options.Create(new NetworkOptions())),
            clock);
    }

    [Fact]
    public async Task Where_the_account_cannot_be_read_the_same_request_goes_on_with_what_was_given()
    {
        failures = 1;
        Assert.Equal("connection.unreachable", (await Assert.ThrowsAsync<RejectedException>(() => Adopt(id))).Code);
        await Adopt(id);
        Assert.Equal("refresh-1", await Newest(id));
        Assert.Equal([HandedIn], spent);
    }

    [Fact]
    public async Task Where_what_was_given_has_ended_meanwhile_it_is_renewed()
    {
        failures = 1;
        await Assert.ThrowsAsync<RejectedException>(() => Adopt(id));
        clock.Advance(TimeSpan.FromHours(1));
        await Adopt(id);
        Assert.Equal("refresh-2", await Newest(id));
        Assert.Equal([HandedIn, "refresh-1"], spent);
    }

    [Fact]
    public async Task Where_the_account_is_taken_it_can_be_handed_in_again_when_it_is_free()
    {
        await Adopt(id);
        var second = Guid.CreateVersion7();
        Assert.Equal("connection.account-taken", (await Assert.ThrowsAsync<RejectedException>(() => Adopt(second, "Other", "refresh-of-other"))).Code);
        await new ConnectionStreams(log).Handle(InProcessOperations.Stream(id), new DeleteConnection(), InProcessOperations.Anna.Metadata, default);
        await Adopt(second, "Other", "refresh-of-other");
        Assert.Equal("refresh-2", await Newest(second));
    }

    [Fact]
    public async Task Who_was_overtaken_gives_its_claims_back()
    {
        log.Before(InProcessOperations.Stream(id), "connection-created", () => new ConnectionStreams(log).Handle(
            InProcessOperations.Stream(id), new FenceConnection(Guid.NewGuid(), "claim"), InProcessOperations.Anna.Metadata, default));
        await Assert.ThrowsAsync<StreamConflictException>(() => Adopt(id));
        var claims = new ClaimStreams(log);
        Assert.True((await claims.Load(ClaimDecider.NameStream("default", "demo-mail", "Mail"), default)).State.Released);
        await Adopt(Guid.CreateVersion7(), token: "refresh-of-other"); // name and account are free
    }

    public async ValueTask DisposeAsync()
    {
        await services.DisposeAsync();
        await provider.DisposeAsync();
    }

    private Task Adopt(Guid connection, string name = "Mail", string token = HandedIn) => adopt.Adopt(
        InProcessOperations.Anna, new NewConnection(connection, "demo-mail", name, JsonSerializer.SerializeToElement(new { }), null, false), token, default);

    private async Task<string?> Newest(Guid connection)
    {
        var live = (await new ConnectionStreams(log).Load(InProcessOperations.Stream(connection), default)).State.Live!;
        return new Grant((await vault.Get("default", connection, live.VaultEntry, default))!).RefreshToken;
    }

    private Task Answer(HttpContext context)
    {
        if (context.Request.Path == "/me")
        {
            context.Response.StatusCode = failures-- > 0 ? 500 : 200;
            return context.Response.WriteAsJsonAsync(new { sub = "7", email = "ada@demo.example" });
        }

        var token = System.Web.HttpUtility.ParseQueryString(provider.Requests.Last().Body)["refresh_token"]!;
        if (!spent.Add(token))
        {
            context.Response.StatusCode = 400;
            return context.Response.WriteAsJsonAsync(new { error = "invalid_grant" });
        }

        given++;
        return context.Response.WriteAsJsonAsync(new { access_token = $"access-{given}", refresh_token = $"refresh-{given}", expires_in = 3600 });
    }
}
