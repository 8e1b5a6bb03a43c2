using TestServers;

namespace Connectors.Tests.Databases;

/// <summary>A server of its own for one test class. Its tests may stop it, and change passwords and certificates.</summary>
public sealed class DatabaseFixture<TDialect> : IAsyncLifetime where TDialect : DatabaseDialect, new()
{
    private IDatabaseServer? server;

    public TDialect Dialect { get; } = new();

    public IDatabaseServer Server
    {
        get
        {
            Assert.SkipUnless(Dialect.Available, "The server's binaries are not installed");
            return server!;
        }
    }

    public async ValueTask InitializeAsync()
    {
        if (Dialect.Available) server = await Dialect.Prepare();
    }

    public async ValueTask DisposeAsync()
    {
        if (server is not null) await server.DisposeAsync();
    }
}
