using TestServers;

namespace Hosts.Tests;

/// <summary>One RabbitMQ that the tests of a collection share, one after the other.</summary>
public sealed class BrokerFixture : IAsyncLifetime
{
    public const string Name = "RabbitMQ";

    /// <summary>Tests that wait for starts and outages of brokers. They run beside the others, on a broker of their own.</summary>
    public const string Starts = "RabbitMQ, starts and outages";

    private RabbitMqServer? server;

    public RabbitMqServer Server
    {
        get
        {
            Assert.SkipUnless(RabbitMqServer.Available, RabbitMqServer.NotInstalled);
            return server!;
        }
    }

    public async ValueTask InitializeAsync()
    {
        if (RabbitMqServer.Available) server = await RabbitMqServer.Create();
    }

    public async ValueTask DisposeAsync()
    {
        if (server is not null) await server.DisposeAsync();
    }
}

[CollectionDefinition(BrokerFixture.Name)]
public sealed class BrokerTests : ICollectionFixture<BrokerFixture>;

[CollectionDefinition(BrokerFixture.Starts)]
public sealed class BrokerStartTests : ICollectionFixture<BrokerFixture>;
