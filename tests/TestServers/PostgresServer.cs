using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.Versioning;
using Npgsql;

namespace TestServers;

/// <summary>A PostgreSQL of one's own, from Debian's binaries: a new cluster in a temporary folder on a free port of the loopback, with TLS.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class PostgresServer : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);
    private readonly string folder;
    private readonly string binaries;
    private Process? process;

    private PostgresServer(string folder, string binaries, int port) => (this.folder, this.binaries, Port) = (folder, binaries, port);

    public static bool Available => Binaries() is not null;

    public const string Host = "127.0.0.1";

    public int Port { get; }

    public TestCertificates Certificates { get; } = new();

    public string Folder => folder;

    public string LogFile => Path.Combine(folder, "log");

    /// <param name="names">What the certificate is for.</param>
    public static async Task<PostgresServer> Create(params string[] names)
    {
        var binaries = Binaries() ?? throw new InvalidOperationException("PostgreSQL's binaries are not installed.");
        var folder = Directory.CreateTempSubdirectory("pg-").FullName;
        var server = new PostgresServer(folder, binaries, FreePort());
        try
        {
            if (Environment.UserName == "root") await Run("chown", "postgres", folder);
            await server.AsServer(Path.Combine(binaries, "initdb"), "-D", server.Data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync");
            await server.Configure();
            await server.UseCertificate(expired: false, names is [] ? ["localhost", "127.0.0.1"] : names);
            await server.Start();
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    public async Task Start()
    {
        process = Launch(Path.Combine(binaries, "postgres"), "-D", Data);
        await Watch(process.Id);
        var started = Stopwatch.GetTimestamp();
        while (!await Answers())
        {
            if (process.HasExited || Stopwatch.GetElapsedTime(started) > Limit) throw new InvalidOperationException($"PostgreSQL does not start: {Log()}");
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System);
        }
    }

    /// <summary>At once, as in a crash.</summary>
    public async Task Stop()
    {
        if (process is not { HasExited: false }) return;
        await Run("kill", "-QUIT", process.Id.ToString(CultureInfo.InvariantCulture));
        await process.WaitForExitAsync();
        process.Dispose();
        process = null;
    }

    public async Task Restart()
    {
        await Stop();
        await Start();
    }

    /// <summary>As superuser, past all password rules.</summary>
    public async Task<string?> Sql(string sql, string database = "postgres")
    {
        await using var source = NpgsqlDataSource.Create(
            $"Host={folder};Port={Port};Database={database};Username=postgres;Pooling=false;Include Error Detail=true");
        await using var command = source.CreateCommand(sql);
        var first = await command.ExecuteScalarAsync();
        return first is null or DBNull ? null : Convert.ToString(first, CultureInfo.InvariantCulture);
    }

    public Task SetPassword(string user, string password) => Sql($"ALTER ROLE \"{user}\" PASSWORD '{password.Replace("'", "''", StringComparison.Ordinal)}'");

    /// <summary>For connections made from now on, once the server runs.</summary>
    public async Task UseCertificate(bool expired, params string[] names)
    {
        var (certificate, key) = Certificates.Issue(expired, names);
        await Write("server.crt", certificate);
        await Write("server.key", key);
        if (process is not null) await Reload();
    }

    public async Task UseTls(bool on)
    {
        await Sql($"ALTER SYSTEM SET ssl = {(on ? "on" : "off")}");
        await Reload();
    }

    /// <summary>The rules of who may sign in how; the socket of the superuser stays open.</summary>
    public async Task UseRules(params string[] lines)
    {
        await Write("pg_hba.conf", string.Join('\n', ["local all all trust", .. lines, ""]));
        if (process is not null) await Reload();
    }

    /// <summary>One of PostgreSQL's own programs, as superuser of this server. Files it names lie in <see cref="Folder"/>.</summary>
    public Task Tool(string program, params string[] arguments) => AsServer(
        [Path.Combine(binaries, program), "-h", folder, "-p", Port.ToString(CultureInfo.InvariantCulture), "-U", "postgres", .. arguments]);

    public string Log()
    {
        if (!File.Exists(LogFile)) return "";
        using var file = new StreamReader(new FileStream(LogFile, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        return file.ReadToEnd();
    }

    public async ValueTask DisposeAsync()
    {
        await Stop();
        Certificates.Dispose();
        if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
    }

    private string Data => Path.Combine(folder, "data");

    private async Task Configure()
    {
        await File.AppendAllTextAsync(Path.Combine(Data, "postgresql.conf"), $"""

            listen_addresses = '127.0.0.1'
            port = {Port}
            unix_socket_directories = '{folder}'
            ssl = on
            password_encryption = 'scram-sha-256'
            fsync = off
            full_page_writes = off
            shared_buffers = 16MB
            max_connections = 100
            log_connections = on
            logging_collector = off

            """);
        await UseRules("host all all 127.0.0.1/32 scram-sha-256");
    }

    // pg_reload_conf only asks; a later connection shows the configuration's new load time
    private async Task Reload()
    {
        var before = await Sql("SELECT pg_conf_load_time()::text");
        await Sql("SELECT pg_reload_conf()");
        var started = Stopwatch.GetTimestamp();
        while (await Sql("SELECT pg_conf_load_time()::text") == before)
        {
            if (Stopwatch.GetElapsedTime(started) > Limit) throw new TimeoutException("PostgreSQL does not reload its configuration.");
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

    private async Task Write(string name, string text)
    {
        var path = Path.Combine(Data, name);
        await File.WriteAllTextAsync(path, text);
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        if (Environment.UserName == "root") await Run("chown", "postgres", path);
    }

    private Process Launch(params string[] command)
    {
        var quoted = string.Join(' ', command.Select(c => $"'{c}'"));
        var start = new ProcessStartInfo("/bin/sh") { WorkingDirectory = folder };
        start.ArgumentList.Add("-c");
        start.ArgumentList.Add($"exec {AsUser()} {quoted} >> '{LogFile}' 2>&1");
        return Process.Start(start)!;
    }

    private async Task AsServer(params string[] command)
    {
        using var launched = Launch(command);
        await launched.WaitForExitAsync();
        if (launched.ExitCode != 0) throw new InvalidOperationException($"{command[0]} failed: {Log()}");
    }

    // should the tests be killed, the server does not outlive them
    private Task Watch(int pid) => Task.Run(() =>
    {
        var script = $"while kill -0 {Environment.ProcessId} && kill -0 {pid}; do sleep 1; done; "
            + $"kill -0 {Environment.ProcessId} || {{ kill -QUIT {pid}; sleep 1; rm -rf '{folder}'; }}";
        var start = new ProcessStartInfo("/bin/sh");
        start.ArgumentList.Add("-c");
        start.ArgumentList.Add($"exec > /dev/null 2>&1 < /dev/null; {script}");
        Process.Start(start)!.Dispose();
    });

    private static string AsUser() =>
        Environment.UserName == "root" ? "setpriv --reuid=postgres --regid=postgres --init-groups" : "";

    private static async Task Run(string program, params string[] arguments)
    {
        using var run = Process.Start(program, arguments);
        await run.WaitForExitAsync();
        if (run.ExitCode != 0) throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} failed.");
    }

    private static string? Binaries() =>
        Directory.Exists("/usr/lib/postgresql")
            ? Directory.GetDirectories("/usr/lib/postgresql").Select(d => Path.Combine(d, "bin")).Where(d => File.Exists(Path.Combine(d, "initdb"))).Max()
            : null;

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
