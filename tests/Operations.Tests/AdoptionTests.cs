using System.Text.Json;
using Connections.Connectors;
using Connections.Connectors.Catalogue;
using Connections.Connectors.Guard;
using Connections.Connectors.OAuth;
using Connections.Connectors.Pipeline;
using Connections.Domain;
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

/// <summary>Adoption of a grant, at a provider that accepts each refresh token once: no failure may lose a new token.</summary>
public sealed class AdoptionTests : IAsyncLifetime
{
    private const string AdoptedToken = "refresh-0";

    private readonly FakeTimeProvider clock = new();
    private readonly HashSet<string> spent = [];
    private readonly OpenVault vault = new();
    private readonly Guid id = Guid.CreateVersion7();
    private InterruptedLog log = null!;
    private ApiServer provider = null!;
    private ServiceProvider services = null!;
    private AdoptGrants adopt = null!;
    private int failures;
    private int issued;

    public async ValueTask InitializeAsync()
    {
        provider = await ApiServer.Start();
        provider.Answer = Respond;
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
    public async Task A_repeated_request_continues_with_the_stored_tokens_if_the_account_could_not_be_read()
    {
        failures = 1;
        Assert.Equal("connection.unreachable", (await Assert.ThrowsAsync<RejectedException>(() => Adopt(id))).Code);
        await Adopt(id);
        Assert.Equal("refresh-1", await Newest(id));
        Assert.Equal([AdoptedToken], spent);
    }

    [Fact]
    public async Task A_repeated_request_refreshes_stored_tokens_that_have_expired()
    {
        failures = 1;
        await Assert.ThrowsAsync<RejectedException>(() => Adopt(id));
        clock.Advance(TimeSpan.FromHours(1));
        await Adopt(id);
        Assert.Equal("refresh-2", await Newest(id));
        Assert.Equal([AdoptedToken, "refresh-1"], spent);
    }

    [Fact]
    public async Task A_grant_of_a_taken_account_can_be_adopted_when_the_account_is_free()
    {
        await Adopt(id);
        var second = Guid.CreateVersion7();
        Assert.Equal("connection.account-taken", (await Assert.ThrowsAsync<RejectedException>(() => Adopt(second, "Other", "refresh-of-other"))).Code);
        await new ConnectionStreams(log).Handle(InProcessOperations.Id(id), new DeleteConnection(), InProcessOperations.Anna.Metadata, default);
        await Adopt(second, "Other", "refresh-of-other");
        Assert.Equal("refresh-2", await Newest(second));
    }

    [Fact]
    public async Task A_conflicting_adoption_releases_its_claims()
    {
        log.Before(InProcessOperations.Stream(id), "connection-created", () => new ConnectionStreams(log).Handle(
            InProcessOperations.Id(id), new FenceConnection(Guid.NewGuid(), "claim"), InProcessOperations.Anna.Metadata, default));
        await Assert.ThrowsAsync<StreamConflictException>(() => Adopt(id));
        var claims = new ClaimStreams(log);
        Assert.True((await claims.Load(ClaimId.ForName("default", "demo-mail", "Mail"), default)).State.Released);
        await Adopt(Guid.CreateVersion7(), token: "refresh-of-other"); // name and account are free
    }

    public async ValueTask DisposeAsync()
    {
        await services.DisposeAsync();
        await provider.DisposeAsync();
    }

    private Task Adopt(Guid connection, string name = "Mail", string token = AdoptedToken) => adopt.Adopt(
        InProcessOperations.Anna, new NewConnection(connection, "demo-mail", name, JsonSerializer.SerializeToElement(new { }), null, false), token, default);

    private async Task<string?> Newest(Guid connection)
    {
        var live = (await new ConnectionStreams(log).Load(InProcessOperations.Id(connection), default)).State.Live!;
        return new Grant((await vault.Get(InProcessOperations.Id(connection), live.VaultEntry, default))!).RefreshToken;
    }

    private Task Respond(HttpContext context)
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

        issued++;
        return context.Response.WriteAsJsonAsync(
            new { access_token = $"access-{issued}", refresh_token = $"refresh-{issued}", expires_in = 3600 });
    }
}
