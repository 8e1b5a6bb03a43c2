using TestServers;

namespace Hosts.Tests;

/// <summary>One RabbitMQ that the tests share, one after the other.</summary>
public sealed class BrokerFixture : IAsyncLifetime
{
    public const string Name = "RabbitMQ";

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
