using TestServers;

[assembly: AssemblyFixture(typeof(Connectors.Tests.MySql.MariaDbFixture))]

namespace Connectors.Tests.MySql;

/// <summary>One server, shared by all tests that do not change it.</summary>
public sealed class MariaDbFixture : IAsyncLifetime
{
    public const string Host = "my.test";
    public const string User = "app";
    public const string Password = "canary-8b1d0e47-pw";

    private MariaDbServer? server;

    public MariaDbServer Server
    {
        get
        {
            Assert.SkipUnless(MariaDbServer.Available, "MariaDB's binaries are not installed");
            return server!;
        }
    }

    public async ValueTask InitializeAsync()
    {
        if (MariaDbServer.Available) server = await Prepared();
    }

    public static async Task<MariaDbServer> Prepared()
    {
        var server = await MariaDbServer.Create(Host);
        await server.Sql("CREATE DATABASE shop CHARACTER SET utf8mb4");
        await server.Sql($"CREATE USER '{User}'@'%' IDENTIFIED BY '{Password}'");
        await server.Sql($"GRANT ALL ON shop.* TO '{User}'@'%'");
        await server.Sql("CREATE TABLE orders (id int PRIMARY KEY, total decimal(12,2), placed date)", "shop");
        await server.Sql("INSERT INTO orders SELECT seq, seq * 1.5, DATE '2026-01-01' + INTERVAL seq DAY FROM seq_1_to_50", "shop");
        return server;
    }

    public async ValueTask DisposeAsync()
    {
        if (server is not null) await server.DisposeAsync();
    }
}
