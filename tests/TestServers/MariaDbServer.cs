using System.Globalization;
using System.Runtime.Versioning;
using MySqlConnector;

namespace TestServers;

/// <summary>A test MariaDB from Debian's binaries, in a temporary folder on a free loopback port, with TLS.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class MariaDbServer : IDatabaseServer
{
    public const string Host = "127.0.0.1";

    private const string Server = "/usr/sbin/mariadbd";
    private const string Installer = "/usr/bin/mariadb-install-db";
    private readonly LaunchedServer launched;
    private string[] options = [];

    private MariaDbServer(LaunchedServer launched, int port) => (this.launched, Port) = (launched, port);

    public static bool Available => File.Exists(Server) && File.Exists(Installer);

    public int Port { get; }

    public TestCertificates Certificates { get; } = new();

    private string Socket => Path.Combine(launched.Folder, "s");

    /// <param name="names">The names in the server's certificate.</param>
    public static async Task<MariaDbServer> Create(params string[] names)
    {
        if (!Available) throw new InvalidOperationException("MariaDB's binaries are not installed.");
        var server = new MariaDbServer(await LaunchedServer.In("my-", "mysql", "-KILL"), Ports.Free());
        try
        {
            await server.launched.ToItsEnd(
                "/usr/bin/env", $"TMPDIR={server.launched.Folder}", Installer, "--no-defaults", $"--datadir={server.launched.Folder}/data",
                "--auth-root-authentication-method=normal", "--skip-test-db");
            await server.Write(expired: false, names is [] ? ["localhost", Host] : names);
            await server.Start();
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    public Task Start() => launched.Start(
        Answers,
        [
            Server, "--no-defaults", $"--datadir={launched.Folder}/data", $"--socket={Socket}", $"--port={Port.ToString(CultureInfo.InvariantCulture)}",
            $"--tmpdir={launched.Folder}", // a starting server deletes the temporary tables of all servers in the same folder
            "--bind-address=127.0.0.1", "--skip-name-resolve", "--innodb-flush-log-at-trx-commit=0", "--innodb-buffer-pool-size=16M",
            "--innodb-log-file-size=8M", "--log-warnings=2", "--max-connections=60", "--skip-log-bin", "--max-allowed-packet=256M",
            $"--secure-file-priv={launched.Folder}", $"--pid-file={launched.Folder}/pid",
            $"--ssl-cert={launched.Folder}/server.crt", $"--ssl-key={launched.Folder}/server.key", .. options
        ]);

    /// <summary>Stops the server immediately, as in a crash.</summary>
    public Task Stop() => launched.Stop();

    /// <param name="newOptions">The options of the server from now on.</param>
    public async Task Restart(params string[] newOptions)
    {
        options = newOptions;
        await Stop();
        await Start();
    }

    Task IDatabaseServer.Restart() => Restart();

    /// <summary>Runs SQL as superuser, and returns the first value of the result.</summary>
    public async Task<string?> Sql(string sql, string database = "mysql")
    {
        await using var connection = new MySqlConnection(
            $"Server={Socket};ConnectionProtocol=unix;UserID=root;Database={database};Pooling=false;AllowUserVariables=true;SslMode=None");
        await connection.OpenAsync();
        await using var command = new MySqlCommand(sql, connection);
        var first = await command.ExecuteScalarAsync();
        return first is null or DBNull ? null : Convert.ToString(first, CultureInfo.InvariantCulture);
    }

    public Task SetPassword(string user, string password) => Sql($"ALTER USER '{user}'@'%' IDENTIFIED BY '{password.Replace("'", "''", StringComparison.Ordinal)}'");

    /// <summary>Replaces the certificate for new connections.</summary>
    public async Task UseCertificate(bool expired, params string[] names)
    {
        await Write(expired, names);
        await Sql("FLUSH SSL");
    }

    /// <param name="chain">The server's certificate as PEM, and the certificates that it sends after it.</param>
    public async Task UseCertificate(string chain, string key)
    {
        await Write(chain, key);
        await Sql("FLUSH SSL");
    }

    /// <summary>A path that the server can write to.</summary>
    public string FileNamed(string name) => Path.Combine(launched.Folder, name);

    public string Log() => launched.Log();

    public async ValueTask DisposeAsync()
    {
        await launched.DisposeAsync();
        Certificates.Dispose();
    }

    private async Task Write(bool expired, string[] names)
    {
        var (certificate, key) = Certificates.Issue(expired, names);
        await Write(certificate, key);
    }

    private async Task Write(string chain, string key)
    {
        await launched.Write("server.crt", chain);
        await launched.Write("server.key", key);
    }

    private async Task<bool> Answers()
    {
        try
        {
            return await Sql("SELECT 1") == "1";
        }
        catch (MySqlException)
        {
            return false;
        }
    }
}
