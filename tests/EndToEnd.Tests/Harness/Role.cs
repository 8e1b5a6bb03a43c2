using TestServers;

namespace EndToEnd.Tests.Harness;

/// <summary>A database user: a separate account at the provider.</summary>
public sealed class Role(PostgresServer server, string name, string password)
{
    private const string Shop = "shop";

    public string Name { get; } = name;

    public string Password { get; private set; } = password;

    public object Credentials => new { username = Name, password = Password };

    public object Settings(bool allowWrites = false) =>
        new { host = PostgresServer.Host, port = server.Port, database = Shop, tls = "prefer", allowWrites };

    public object Connection(string name, bool allowWrites = false, Guid? id = null, DateTimeOffset? rotateBy = null) => new
    {
        id = id ?? Guid.NewGuid(),
        connector = "postgres",
        name,
        settings = Settings(allowWrites),
        credentials = Credentials,
        rotateBy
    };

    /// <summary>Changes the password and ends the sessions of the user.</summary>
    public async Task ChangePassword()
    {
        Password = $"pw-{Guid.NewGuid():n}";
        await server.SetPassword(Name, Password);
        await PutOut();
    }

    public Task PutOut() => server.Sql($"SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE usename = '{Name}'");

    /// <summary>The number of sessions of this user that run a query with this text.</summary>
    public async Task<int> Running(string text) => int.Parse(
        await server.Sql($"SELECT count(*) FROM pg_stat_activity WHERE usename = '{Name}' AND state = 'active' AND query LIKE '%{text}%'") ?? "0",
        System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>The number of failed logins of this user in the server's log.</summary>
    public int FailedSignIns => server.Log().Split('\n').Count(l => l.Contains($"password authentication failed for user \"{Name}\"", StringComparison.Ordinal));

    public static async Task<Role> Create(PostgresServer server)
    {
        var role = new Role(server, $"role_{Guid.NewGuid():n}"[..20], $"pw-{Guid.NewGuid():n}");
        await server.Sql($"CREATE ROLE {role.Name} LOGIN PASSWORD '{role.Password}'");
        return role;
    }

    /// <summary>A database with some orders, and a gate that blocks queries until it is opened.</summary>
    public static async Task<PostgresServer> Server()
    {
        var server = await PostgresServer.Create();
        await server.Sql("ALTER SYSTEM SET max_connections = 300");
        await server.Restart();
        await server.Sql($"CREATE DATABASE {Shop}");
        await server.Sql("CREATE TABLE orders (id int PRIMARY KEY, total numeric(12, 2))", Shop);
        await server.Sql("INSERT INTO orders SELECT i, i * 1.5 FROM generate_series(1, 50) i", Shop);
        await server.Sql("CREATE TABLE gate (name text PRIMARY KEY)", Shop);
        await server.Sql("GRANT ALL ON TABLE orders, gate TO PUBLIC", Shop);
        return server;
    }

    public Task OpenGate(string gate) => server.Sql($"INSERT INTO gate VALUES ('{gate}')", Shop);

    /// <summary>A query that sleeps for minutes unless the gate is open.</summary>
    public static string Behind(string gate) => $"select pg_sleep(case when exists (select from gate where name = '{gate}') then 0 else 600 end)";
}
