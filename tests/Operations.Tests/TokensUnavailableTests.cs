using System.Text.Json;
using Connections.Connectors;
using Connections.Connectors.Catalogue;
using Connections.Connectors.Pipeline;
using Connections.Credentials.Tokens;
using Connections.Domain;
using Connections.Domain.Token;
using Connections.Operations.Grants;
using DemoDefinitions;
using EventSourcing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Operations.Tests;

/// <summary>The log becomes unavailable while a token is needed.</summary>
public sealed class TokensUnavailableTests
{
    [Fact]
    public async Task Nothing_is_sent_and_the_activity_is_retried()
    {
        await using var services = new ServiceCollection().AddLogging()
            .AddConnectors(new ConfigurationBuilder().Build()).AddDefinedConnector(DemoConnectors.Mail).BuildServiceProvider();
        var (tokens, vault, clock) = (new TokenStreams(new UnavailableLog()), new OpenVault(), TimeProvider.System);
        var refresh = new TokenRefresh(tokens, vault, provider: null!, owner: null!, clock, NullLogger<TokenRefresh>.Instance);
        var access = new AccessTokens(
            services.GetRequiredService<ConnectorCatalogue>(), new TokenProvider(refresh, clock), NullLogger<AccessTokens>.Instance);

        var found = await access.For(new ConnectionId("default", Guid.NewGuid()), "demo-mail", 1, "v1-a", default)!.Get(null, default);
        Assert.Equal((FailureKind.Unavailable, Delivered.No), (found.Failure!.Kind, found.Failure.Delivered));
        Assert.DoesNotContain("canary", found.Failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_attempt_that_times_out_while_it_waits_for_a_token_sends_nothing()
    {
        var clock = new FakeTimeProvider();
        var settings = new Dictionary<string, string?> { ["OAuth:demo-mail:ClientId"] = "client-1", ["OAuth:demo-mail:Base"] = "https://demo.example" };
        await using var services = new ServiceCollection().AddLogging().AddSingleton<TimeProvider>(clock)
            .AddConnectors(new ConfigurationBuilder().AddInMemoryCollection(settings).Build())
            .AddDefinedConnector(DemoConnectors.Mail).BuildServiceProvider();
        var (log, vault, id) = (new InMemoryEventLog(clock), new OpenVault(), Guid.NewGuid());
        var grant = Grant.Create("access", "refresh", clock.GetUtcNow(), TimeSpan.FromHours(1), null);
        await vault.Put(new ConnectionId("default", id), "v1-a", grant.Stored, default);
        var tokens = new TokenStreams(log);
        await tokens.Handle(new TokenId("default", id), new StartRefresh(1, 1, "t-dead"), new EventMetadata("default", "test"), default);
        var refresh = new TokenRefresh(tokens, vault, provider: null!, owner: null!, clock, NullLogger<TokenRefresh>.Instance);
        var access = new AccessTokens(
            services.GetRequiredService<ConnectorCatalogue>(), new TokenProvider(refresh, clock), NullLogger<AccessTokens>.Instance);

        var nothing = JsonSerializer.SerializeToElement(new { });
        var use = new ConnectionUse("default", id, 1, nothing, Secret.None, Tokens: access.For(new ConnectionId("default", id), "demo-mail", 1, "v1-a", default));
        var mail = JsonSerializer.SerializeToElement(new { to = "bob@demo.example", subject = "S", text = "T" });
        var attempt = services.GetRequiredService<ConnectorRunner>().Run(
            "demo-mail", use, "send-email", mail, TimeSpan.FromSeconds(10), default);
        Assert.False(attempt.IsCompleted);
        clock.Advance(TimeSpan.FromSeconds(10));
        var failed = Assert.IsType<ConnectorResult.Failed>(await attempt);
        Assert.Equal((FailureKind.Timeout, Delivered.No), (failed.Kind, failed.Delivered));
    }

    private sealed class UnavailableLog : IEventLog
    {
        private static readonly IOException Fault = new("canary-password of the log");

        public Task<StreamSlice> Read(string stream, CancellationToken ct) => throw Fault;

        public Task<Appended> Append(string stream, long expected, IReadOnlyList<NewEvent> events, CancellationToken ct) => throw Fault;

        public IAsyncEnumerable<LogBatch> Subscribe(IReadOnlyList<string> prefixes, long after, CancellationToken ct) => throw Fault;

        public Task<long> Head(CancellationToken ct) => throw Fault;

        public Task Remove(string stream, CancellationToken ct) => throw Fault;

        public Task KeepLast(string stream, int count, CancellationToken ct) => throw Fault;
    }
}
