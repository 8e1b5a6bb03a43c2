using System.Security.Cryptography;
using EndToEnd.Tests.Harness;
using TestServers;

namespace EndToEnd.Tests.Hosts;

/// <summary>The servers of the three hosts: a log, a PostgreSQL and a RabbitMQ, and the settings for them.</summary>
internal sealed class Servers : IAsyncDisposable
{
    private readonly DataFolder folder = new();

    private Servers(EventLogServer log, PostgresServer sql, RabbitMqServer bus, bool shared) => (Log, Sql, Bus, Shared) = (log, sql, bus, shared);

    public EventLogServer Log { get; }

    public PostgresServer Sql { get; }

    public RabbitMqServer Bus { get; }

    /// <summary>Whether other tests use PostgreSQL and RabbitMQ at the same time. Then neither may be stopped.</summary>
    public bool Shared { get; }

    /// <summary>
    /// Starts a separate double as the log, with a database and a virtual host on shared servers. Skips the test when a server is not
    /// installed.
    /// </summary>
    /// <param name="options">Options of the double.</param>
    public static Task<Servers> Share(params string[] options) => With(async () => await EventStoreDoubleServer.Launch(options), shared: true);

    /// <summary>Starts separate servers, which a test can kill, with the double as the log. Skips the test when a server is not installed.</summary>
    /// <param name="options">Options of the double.</param>
    public static Task<Servers> Start(params string[] options) => With(async () => await EventStoreDoubleServer.LaunchProcess(options));

    /// <summary>
    /// Starts separate servers, with EventStoreDB itself as the log if available. Skips the test when another server is not installed.
    /// </summary>
    public static Task<Servers> StartReal() => EventStoreNodeServer.Available ? With(async () => await EventStoreNodeServer.Launch()) : Start();

    private static async Task<Servers> With(Func<Task<EventLogServer>> launch, bool shared = false)
    {
        Assert.SkipUnless(PostgresServer.Available, PostgresDatabases.Missing);
        Assert.SkipUnless(RabbitMqServer.Available, RabbitMqServer.NotInstalled);
        var (log, sql, bus) = (
            launch(),
            shared ? SharedServers.NewDatabase() : PostgresDatabases.Prepared(),
            shared ? SharedServers.NewVirtualHost() : RabbitMqServer.Create());
        var servers = new Servers(await log, await sql, await bus, shared);
        await File.WriteAllTextAsync(servers.RingKey, Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)));
        File.SetUnixFileMode(servers.RingKey, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return servers;
    }

    /// <summary>The environment of a host.</summary>
    public Dictionary<string, string> Settings => new()
    {
        ["EventLog__Store"] = "eventstoredb",
        ["EventLog__Connection"] = Log.Connection,
        ["Sql__Provider"] = "postgresql",
        ["Sql__Connection"] = PostgresDatabases.ConnectionString(Sql),
        ["Bus__Transport"] = "rabbitmq",
        ["Bus__Connection"] = Bus.Address,
        ["Vault__Keys__k1__File"] = RingKey,
        ["Vault__ActiveKey"] = "k1",
        ["Network__AllowPrivate"] = "127.0.0.0/8", // the network of the test providers
        ["Http__RequestsPerSecond"] = "1000000",
        ["Logging__LogLevel__MassTransit"] = "Information" // logs when a host consumes
    };

    private string RingKey => Path.Combine(folder.Path, "ring-key");

    public async ValueTask DisposeAsync()
    {
        await Bus.DisposeAsync();
        await Sql.DisposeAsync();
        await Log.DisposeAsync();
        folder.Dispose();
    }
}
