using System.Text.Json;
using Connections.Connectors;
using Connections.Connectors.Catalogue;
using Connections.Connectors.Definitions;
using Connections.Connectors.Guard;
using Connections.Connectors.OAuth;
using Connections.Connectors.Pipeline;
using Connections.Credentials.Tokens;
using Connections.Domain;
using Connections.Domain.Connection;
using Connections.Domain.Token;
using Connections.Operations.Claims;
using Connections.Operations.Connections;
using Connections.Operations.Grants;
using Connections.Operations.SignIns;
using EventSourcing;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using TestServers;

namespace Operations.Tests;

/// <summary>A provider names the server of an account in the callback, through a browser. Codes and tokens go to servers of the list only.</summary>
public sealed class SignInServerTests : IAsyncLifetime
{
    private const string Definition = """
        connector: acme
        name: Acme
        category: test
        description: A test.
        operator: { base: "https://acme.example" }
        servers: { api: "{operator.base}" }
        authentication:
          oauth:
            oauth:
              authorize: "{operator.base}/auth"
              token: "{operator.base}/{kept.region}/token"
              revoke: { address: "{operator.base}/{kept.region}/revoke", reach: token, bearer: true }
              callback: { region: { parameter: server, values: { "https://eu.acme.example": eu, "https://us.acme.example": us } } }
              scopes: { read: To read. }
        probe: { get: "/{kept.region}/me", keep: { root: body.root } }
        identity: { value: body.id, basis: id }
        activities: {}
        """;

    private readonly FakeTimeProvider clock = new(TimeProvider.System.GetUtcNow());
    private readonly InMemoryEventLog log;
    private readonly OpenVault vault = new();
    private readonly Guid id = Guid.CreateVersion7();
    private ApiServer provider = null!;
    private ServiceProvider services = null!;
    private SignInStarter starter = null!;
    private SignInCallback callback = null!;
    private GrantProvider grants = null!;

    public SignInServerTests() => log = new InMemoryEventLog(clock);

    public async ValueTask InitializeAsync()
    {
        provider = await ApiServer.Start();
        provider.Answer = context => context.Response.WriteAsJsonAsync(context.Request.Path.Value!.EndsWith("/me", StringComparison.Ordinal)
            ? new { id = "7", root = "canary-root" }
            : (object)new { access_token = "canary-access-2", refresh_token = "canary-refresh-2", expires_in = 3600 });
        services = new ServiceCollection().AddLogging().AddSingleton<TimeProvider>(clock)
            .AddConnectors(new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
            {
                ["Network:AllowPrivate"] = "true",
                ["OAuth:acme:ClientId"] = "client-1",
                ["OAuth:acme:Base"] = $"http://127.0.0.1:{provider.Port}"
            }).Build())
            .AddDefinedConnector(DefinitionFile.Parse("acme.yaml", Definition)).BuildServiceProvider();
        var (catalogue, applications) = (services.GetRequiredService<ConnectorCatalogue>(), services.GetRequiredService<OAuthApplications>());
        var endpoints = services.GetRequiredService<OAuthEndpoints>();
        var (connections, attempts, connectors) = (new ConnectionStreams(log), new SignInAttempts(log), new SignInConnectors(catalogue, applications));
        var claims = new ClaimKeeper(new ClaimStreams(log), connections, new ClaimGracePeriod(clock), clock);
        var probe = new ConnectionProbe(services.GetRequiredService<ConnectorRunner>(), new Fingerprints(new PlainHash()));
        var change = new ChangeConnections(
            connections, new ConnectionForms(catalogue, clock), probe, claims, vault, new ProbeRejections(Options.Create(new NetworkOptions())));
        var failed = new FailedSignIns(NullLogger<FailedSignIns>.Instance);
        var completion = new SignInCompletion(connections, attempts, connectors, change, claims, failed, vault, clock);
        starter = new SignInStarter(connections, connectors, new SignInStates(new PlainHash()), claims, vault, clock);
        callback = new SignInCallback(
            connections, attempts, connectors, endpoints, probe, completion, new RepeatedSignIns(connections, attempts, connectors, completion, failed, clock),
            vault, clock, NullLogger<SignInCallback>.Instance);
        grants = new GrantProvider(catalogue, applications, endpoints, clock);
    }

    public async ValueTask DisposeAsync()
    {
        await services.DisposeAsync();
        await provider.DisposeAsync();
    }

    [Theory]
    [InlineData("https://eu.acme.example", "eu")]
    [InlineData("https://us.acme.example", "us")]
    [InlineData(null, "eu")]
    public async Task The_code_goes_to_the_named_server_of_the_list(string? server, string region)
    {
        Assert.IsType<SignInOutcome.Connected>(await Return(server));
        Assert.Equal([$"/{region}/token", $"/{region}/me"], provider.Requests.Select(r => r.Target));
        var live = (await new ConnectionStreams(log).Load(InProcessOperations.Id(id), default)).State.Live!;
        var grant = new Grant((await vault.Get(InProcessOperations.Id(id), live.VaultEntry, default))!);
        Assert.Equal((region, "canary-root"), (grant.Kept["region"], grant.Kept["root"]));
        Assert.DoesNotContain("canary", await Stored(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("eu")]
    [InlineData("https://evil.example")]
    [InlineData("https://eu.acme.example/")]
    [InlineData("https://eu.acme.example@evil.example")]
    [InlineData("HTTPS://EU.ACME.EXAMPLE")]
    [InlineData("https://eu.acme.example,https://us.acme.example")]
    public async Task A_server_that_is_not_in_the_list_ends_the_sign_in_and_gets_nothing(string server)
    {
        Assert.IsType<SignInOutcome.Failed>(await Return(server));
        Assert.Empty(provider.Requests);
        var stored = await Stored();
        Assert.Contains("unknown-server", stored, StringComparison.Ordinal);
        Assert.DoesNotContain("evil", stored, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(60, "canary-access-1", 1)]
    [InlineData(-60, "canary-access-2", 2)]
    public async Task A_revocation_is_signed_with_an_access_token_that_is_valid(int seconds, string token, int requests)
    {
        var grant = Grant.Create(
            "canary-access-1", "canary-refresh-1", clock.GetUtcNow().AddSeconds(seconds), TimeSpan.FromHours(1), null,
            new Dictionary<string, string> { ["region"] = "us" });
        Assert.True(await grants.Revoke(new GrantReference(InProcessOperations.Id(id), "acme", 1, "v1"), grant, default));
        Assert.Equal(requests, provider.Requests.Count);
        var sent = provider.Requests.Last();
        Assert.Equal(("/us/revoke", $"Bearer {token}", ""), (sent.Target, sent.Headers["Authorization"], sent.Body));
        Assert.False(sent.Headers.ContainsKey("Content-Type"));
    }

    private async Task<SignInOutcome> Return(string? server)
    {
        var address = new Uri("https://service.example/api/oauth/callback");
        var started = await starter.Connect(
            InProcessOperations.Anna, new NewConnection(id, "acme", "Mine", JsonSerializer.SerializeToElement(new { }), null, false), address, default);
        var parameters = new Dictionary<string, string> { ["code"] = "canary-code" };
        if (server is not null) parameters["server"] = server;
        return await callback.Return(
            new OAuthReturn(new SignInReference(InProcessOperations.Id(id), started!.Attempt), "canary-code", null, null, parameters, true, null, address), default);
    }

    private async Task<string> Stored() => string.Join('\n', (await log.Read(InProcessOperations.Stream(id), default)).Events
        .Select(e => JsonSerializer.Serialize(ConnectionDecider.Names.Read(e), ConnectionDecider.Names.Read(e).GetType())));
}
