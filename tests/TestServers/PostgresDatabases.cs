using System.Runtime.Versioning;
using Npgsql;

namespace TestServers;

/// <summary>One PostgreSQL for all tests of an assembly, started on first use. Each test gets its own schema.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class PostgresDatabases : IAsyncDisposable
{
    public const string Missing = "PostgreSQL's binaries are not installed";
    public const string User = "connections";
    public const string Password = "canary-5b1e77d0-pw";

    private readonly Lazy<Task<PostgresServer>> server = new(Prepared);
    private int schemas;

    /// <summary>Creates an empty schema and returns its connection string.</summary>
    public async Task<string> Fresh()
    {
        var running = await server.Value;
        var schema = $"test{Interlocked.Increment(ref schemas)}";
        await running.Sql($"CREATE SCHEMA {schema} AUTHORIZATION {User}", User);
        return new NpgsqlConnectionStringBuilder(ConnectionString(running)) { SearchPath = schema, MaxPoolSize = 12 }.ToString();
    }

    /// <summary>Removes everything in the schema.</summary>
    public async Task Empty(string connectionString)
    {
        var schema = new NpgsqlConnectionStringBuilder(connectionString).SearchPath;
        await (await server.Value).Sql($"DROP SCHEMA {schema} CASCADE; CREATE SCHEMA {schema} AUTHORIZATION {User}", User);
    }

    /// <summary>Creates a server with a database that belongs to an ordinary role.</summary>
    public static async Task<PostgresServer> Prepared()
    {
        var server = await PostgresServer.Create();
        await server.Sql($"CREATE ROLE {User} LOGIN PASSWORD '{Password}'");
        await server.Sql($"CREATE DATABASE {User} OWNER {User}");
        return server;
    }

    public static string ConnectionString(PostgresServer server) =>
        $"Host={PostgresServer.Host};Port={server.Port};Database={server.Database};Username={User};Password={Password}";

    public async ValueTask DisposeAsync()
    {
        if (server.IsValueCreated) await (await server.Value).DisposeAsync();
    }
}
