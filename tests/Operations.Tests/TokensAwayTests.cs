using Connections.Connectors;
using Connections.Credentials;
using Connections.Domain;
using Connections.Operations;
using EventSourcing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace Operations.Tests;

/// <summary>The log goes away while somebody needs a token.</summary>
public sealed class TokensAwayTests
{
    [Fact]
    public async Task Nothing_was_sent_and_it_is_tried_again()
    {
        await using var services = new ServiceCollection().AddLogging()
            .AddConnectors(new ConfigurationBuilder().Build()).AddDefinedConnector(DemoConnectors.Mail).BuildServiceProvider();
        var (tokens, vault, clock) = (new TokenStreams(new AwayLog()), new OpenVault(), TimeProvider.System);
        var refresh = new TokenRefresh(tokens, vault, provider: null!, owner: null!, clock, NullLogger<TokenRefresh>.Instance);
        var access = new AccessTokens(
            services.GetRequiredService<ConnectorCatalogue>(), new TokenKeeper(refresh, clock), NullLogger<AccessTokens>.Instance);

        var found = await access.For("default", Guid.NewGuid(), "demo-mail", 1, "v1-a")!.Get(null, default);
        Assert.Equal((FailureKind.Unavailable, Delivered.No), (found.Failure!.Kind, found.Failure.Delivered));
        Assert.DoesNotContain("canary", found.Failure.Message, StringComparison.Ordinal);
    }

    private sealed class AwayLog : IEventLog
    {
        private static readonly IOException Away = new("canary-password of the log");

        public Task<StreamSlice> Read(string stream, CancellationToken ct) => throw Away;

        public Task<Appended> Append(string stream, long expected, IReadOnlyList<NewEvent> events, CancellationToken ct) => throw Away;

        public IAsyncEnumerable<LogBatch> Subscribe(IReadOnlyList<string> prefixes, long after, CancellationToken ct) => throw Away;

        public Task<long> Head(CancellationToken ct) => throw Away;

        public Task Remove(string stream, CancellationToken ct) => throw Away;

        public Task KeepLast(string stream, int count, CancellationToken ct) => throw Away;
    }
}
