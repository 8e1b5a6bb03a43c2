using TestServers;

[assembly: AssemblyFixture(typeof(Connectors.Tests.Postgres.PostgresFixture))]

namespace Connectors.Tests.Postgres;

/// <summary>One server, shared by all tests that do not change it.</summary>
public sealed class PostgresFixture : IAsyncLifetime
{
    public const string Host = "db.test";
    public const string User = "app";
    public const string Password = "canary-7f3a91c2-pw";

    private PostgresServer? server;

    public PostgresServer Server
    {
        get
        {
            Assert.SkipUnless(PostgresServer.Available, "PostgreSQL's binaries are not installed");
            return server!;
        }
    }

    public async ValueTask InitializeAsync()
    {
        if (PostgresServer.Available) server = await Prepared();
    }

    public static async Task<PostgresServer> Prepared()
    {
        var server = await PostgresServer.Create(Host);
        await server.Sql("CREATE DATABASE shop");
        await server.Sql($"CREATE ROLE {User} LOGIN PASSWORD '{Password}'");
        await server.Sql($"GRANT ALL ON DATABASE shop TO {User}");
        await server.Sql($"GRANT ALL ON SCHEMA public TO {User}", "shop");
        await server.Sql("CREATE TABLE orders (id int PRIMARY KEY, total numeric(12,2), placed date)", "shop");
        await server.Sql("INSERT INTO orders SELECT i, i * 1.5, DATE '2026-01-01' + i FROM generate_series(1, 50) i", "shop");
        await server.Sql($"ALTER TABLE orders OWNER TO {User}", "shop");
        return server;
    }

    public async ValueTask DisposeAsync()
    {
        if (server is not null) await server.DisposeAsync();
    }
}
