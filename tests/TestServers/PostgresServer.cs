using System.Diagnostics;
using System.Globalization;
using System.Runtime.Versioning;
using Npgsql;

namespace TestServers;

/// <summary>A test PostgreSQL from Debian's binaries: a new cluster in a temporary folder on a free loopback port, with TLS.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class PostgresServer : IDatabaseServer
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);
    private readonly LaunchedServer server;
    private readonly string binaries;

    private readonly PostgresServer? whole;

    private PostgresServer(LaunchedServer server, string binaries) =>
        (this.server, this.binaries, Port, Certificates, Database) = (server, binaries, Ports.Free(), new TestCertificates(), PostgresDatabases.User);

    private PostgresServer(PostgresServer whole, string database) =>
        (this.whole, server, binaries, Port, Certificates, Database) =
        (whole, whole.server, whole.binaries, whole.Port, whole.Certificates, database);

    public static bool Available => Binaries() is not null;

    public const string Host = "127.0.0.1";

    public int Port { get; }

    public TestCertificates Certificates { get; }

    /// <summary>The database of the service.</summary>
    public string Database { get; }

    public string Folder => server.Folder;

    public string LogFile => server.LogFile;

    /// <param name="names">The names in the server's certificate.</param>
    public static async Task<PostgresServer> Create(params string[] names)
    {
        var binaries = Binaries() ?? throw new InvalidOperationException("PostgreSQL's binaries are not installed.");
        var server = new PostgresServer(await LaunchedServer.In("pg-", "postgres", "-QUIT"), binaries);
        try
        {
            await server.Prepare(names is [] ? ["localhost", "127.0.0.1"] : names);
            await server.Start();
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Adds a database for a test that does not need its own server. The test cannot stop the server.</summary>
    public async Task<PostgresServer> AddDatabase(string name)
    {
        await Sql($"CREATE DATABASE {name} OWNER {PostgresDatabases.User}");
        return new PostgresServer(this, name);
    }

    public Task Start() => Own.Start(Answers, Path.Combine(binaries, "postgres"), "-D", Data);

    /// <summary>Stops the server immediately, as in a crash.</summary>
    public Task Stop() => Own.Stop();

    public async Task Restart()
    {
        await Stop();
        await Start();
    }

    /// <summary>Runs SQL as superuser, over the local socket.</summary>
    public async Task<string?> Sql(string sql, string database = "postgres")
    {
        await using var source = NpgsqlDataSource.Create(
            $"Host={Folder};Port={Port};Database={database};Username=postgres;Pooling=false;Include Error Detail=true");
        await using var command = source.CreateCommand(sql);
        var first = await command.ExecuteScalarAsync();
        return first is null or DBNull ? null : Convert.ToString(first, CultureInfo.InvariantCulture);
    }

    public Task SetPassword(string user, string password) => Sql($"ALTER ROLE \"{user}\" PASSWORD '{password.Replace("'", "''", StringComparison.Ordinal)}'");

    /// <summary>Replaces the certificate for new connections.</summary>
    public async Task UseCertificate(bool expired, params string[] names)
    {
        var (certificate, key) = Certificates.Issue(expired, names);
        await UseCertificate(certificate, key);
    }

    /// <param name="chain">The server's certificate as PEM, and the certificates that it sends after it.</param>
    public async Task UseCertificate(string chain, string key)
    {
        await Write("server.crt", chain);
        await Write("server.key", key);
        if (server.Runs) await Reload();
    }

    public async Task UseTls(bool on)
    {
        await Sql($"ALTER SYSTEM SET ssl = {(on ? "on" : "off")}");
        await Reload();
    }

    /// <summary>Replaces the rules of <c>pg_hba.conf</c>. The local socket stays open for the superuser.</summary>
    public async Task UseRules(params string[] lines)
    {
        await Write("pg_hba.conf", string.Join('\n', ["local all all trust", .. lines, ""]));
        if (server.Runs) await Reload();
    }

    /// <summary>
    /// Runs a program of PostgreSQL as superuser of this server. The file names in its arguments are relative to <see cref="Folder"/>.
    /// </summary>
    public Task Tool(string program, params string[] arguments) => server.ToItsEnd(
        [Path.Combine(binaries, program), "-h", Folder, "-p", Port.ToString(CultureInfo.InvariantCulture), "-U", "postgres", .. arguments]);

    public string Log() => server.Log();

    public async ValueTask DisposeAsync()
    {
        if (whole is not null)
        {
            await Sql($"DROP DATABASE IF EXISTS {Database} WITH (FORCE)");
            return;
        }

        await server.DisposeAsync();
        Certificates.Dispose();
    }

    private LaunchedServer Own =>
        whole is null ? server : throw new InvalidOperationException("Other tests use this PostgreSQL at the same time.");

    private string Data => Path.Combine(Folder, "data");

    private async Task Prepare(string[] names)
    {
        await server.ToItsEnd(Path.Combine(binaries, "initdb"), "-D", Data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync");
        await File.AppendAllTextAsync(Path.Combine(Data, "postgresql.conf"), $"""

            listen_addresses = '127.0.0.1'
            port = {Port}
            unix_socket_directories = '{Folder}'
            ssl = on
            password_encryption = 'scram-sha-256'
            fsync = off
            full_page_writes = off
            shared_buffers = 16MB
            max_connections = 300
            log_connections = on
            logging_collector = off

            """);
        await UseRules("host all all 127.0.0.1/32 scram-sha-256");
        await UseCertificate(expired: false, names);
    }

    // pg_reload_conf returns before the reload. A later connection shows the new load time of the configuration.
    private async Task Reload()
    {
        var before = await Sql("SELECT pg_conf_load_time()::text");
        await Sql("SELECT pg_reload_conf()");
        var started = Stopwatch.GetTimestamp();
        while (await Sql("SELECT pg_conf_load_time()::text") == before)
        {
            if (Stopwatch.GetElapsedTime(started) > Limit) throw new TimeoutException("PostgreSQL did not reload its configuration.");
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System);
        }
    }

    private async Task<bool> Answers()
    {
        try
        {
            return await Sql("SELECT 1") == "1";
        }
        catch (NpgsqlException)
        {
            return false;
        }
    }

    private Task Write(string name, string text) => server.Write(Path.Combine("data", name), text);

    private static string? Binaries() =>
        Directory.Exists("/usr/lib/postgresql")
            ? Directory.GetDirectories("/usr/lib/postgresql").Select(d => Path.Combine(d, "bin")).Where(d => File.Exists(Path.Combine(d, "initdb"))).Max()
            : null;
}
