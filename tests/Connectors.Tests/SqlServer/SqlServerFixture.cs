using Testcontainers.MsSql;

namespace Connectors.Tests.SqlServer;

/// <summary>A SQL Server in a container, where there is a Docker engine.</summary>
public sealed class SqlServerFixture : IAsyncLifetime
{
    private MsSqlContainer? container;

    public static bool Available { get; } =
        File.Exists("/var/run/docker.sock") || Environment.GetEnvironmentVariable("DOCKER_HOST") is { Length: > 0 };

    public int Port => container!.GetMappedPublicPort(MsSqlBuilder.MsSqlPort);

    public async ValueTask InitializeAsync()
    {
        if (!Available) return;
        container = new MsSqlBuilder("mcr.microsoft.com/mssql/server:2022-CU14-ubuntu-22.04").Build();
        await container.StartAsync();
        await container.ExecScriptAsync($"""
            CREATE DATABASE shop;
            GO
            USE shop;
            CREATE LOGIN app WITH PASSWORD = '{TdsDatabase.Password}', CHECK_POLICY = OFF;
            CREATE USER app FOR LOGIN app;
            ALTER ROLE db_owner ADD MEMBER app;
            CREATE TABLE orders (id int PRIMARY KEY, total decimal(12, 2));
            INSERT INTO orders SELECT value, value * 1.5 FROM GENERATE_SERIES(1, 50);
            """);
    }

    public async ValueTask DisposeAsync()
    {
        if (container is not null) await container.DisposeAsync();
    }
}
