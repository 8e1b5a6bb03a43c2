using TestServers;

[assembly: AssemblyFixture(typeof(EndToEnd.Tests.Hosts.SharedServers))]

namespace EndToEnd.Tests.Hosts;

/// <summary>
/// One PostgreSQL and one RabbitMQ for all tests that do not stop or restore a server. Each test has its own database and virtual host.
/// </summary>
public sealed class SharedServers : IAsyncDisposable
{
    private static readonly Lazy<Task<PostgresServer>> Postgres = new(PostgresDatabases.Prepared);
    private static readonly Lazy<Task<RabbitMqServer>> RabbitMq = new(RabbitMqServer.Create);
    private static int shares;

    internal static Task<PostgresServer> NewDatabase() => AddTo(Postgres, (server, name) => server.AddDatabase(name));

    internal static Task<RabbitMqServer> NewVirtualHost() => AddTo(RabbitMq, (server, name) => server.AddVirtualHost(name));

    public async ValueTask DisposeAsync()
    {
        if (RabbitMq.IsValueCreated) await (await RabbitMq.Value).DisposeAsync();
        if (Postgres.IsValueCreated) await (await Postgres.Value).DisposeAsync();
    }

    private static async Task<T> AddTo<T>(Lazy<Task<T>> server, Func<T, string, Task<T>> add) =>
        await add(await server.Value, $"share{Interlocked.Increment(ref shares)}");
}
