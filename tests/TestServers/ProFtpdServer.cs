using System.Globalization;
using System.Net.Sockets;
using System.Runtime.Versioning;
using System.Security.Cryptography;

namespace TestServers;

/// <summary>ProFTPD with its module for SFTP, on a free loopback port. It cannot replace a file at once (no posix-rename).</summary>
[UnsupportedOSPlatform("windows")]
public sealed class ProFtpdServer : IAsyncDisposable
{
    public const string User = "files";

    private const string Server = "/usr/sbin/proftpd";
    private const string Module = "/usr/lib/proftpd/mod_sftp.so";
    private const string KeyGenerator = "/usr/bin/ssh-keygen";
    private const string OpenSsl = "/usr/bin/openssl";
    private readonly LaunchedServer launched;

    private ProFtpdServer(LaunchedServer launched, int port) => (this.launched, Port) = (launched, port);

    /// <summary>Whether the server can run. Only root can give its sessions a user.</summary>
    public static bool Available => File.Exists(Server) && File.Exists(Module) && File.Exists(KeyGenerator) && Environment.UserName == "root";

    public static string Password { get; } = $"password{Guid.NewGuid():n}";

    public int Port { get; }

    /// <summary>The folder in which the server puts the user.</summary>
    public string Home => Path.Combine(launched.Folder, "home");

    public string Fingerprint => "SHA256:" + Convert.ToBase64String(
        SHA256.HashData(Convert.FromBase64String(File.ReadAllText(Path.Combine(launched.Folder, "host.pub")).Split(' ')[1]))).TrimEnd('=');

    public static async Task<ProFtpdServer> Create()
    {
        var server = new ProFtpdServer(await LaunchedServer.In("proftpd-", null, "-TERM"), Ports.Free());
        var folder = server.launched.Folder;
        try
        {
            await server.launched.ToItsEnd(KeyGenerator, "-q", "-t", "rsa", "-b", "2048", "-m", "PEM", "-N", "", "-f", Path.Combine(folder, "host"));
            await server.launched.ToItsEnd("/bin/sh", "-c", $"printf \"{User}:%s:65534:65534::{folder}/home:/bin/sh\\n\" \"$({OpenSsl} passwd -6 {Password})\" > passwd");
            await server.launched.ToItsEnd("/bin/sh", "-c", "chmod 600 passwd && mkdir home && chown 65534:65534 home && chmod 755 .");
            await server.launched.Write("group", "nogroup:x:65534:\n");
            await server.launched.Write("config", Config(folder, server.Port));
            await server.launched.Start(server.Answers, Server, "-n", "-c", Path.Combine(folder, "config"));
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    public ValueTask DisposeAsync() => launched.DisposeAsync();

    private static string Config(string folder, int port) => $"""
        LoadModule mod_sftp.c
        ServerName test
        ServerType standalone
        DefaultAddress 127.0.0.1
        SocketBindTight on
        UseIPv6 off
        Port {port.ToString(CultureInfo.InvariantCulture)}
        User nobody
        Group nogroup
        PidFile {folder}/pid
        ScoreboardFile {folder}/scoreboard
        SystemLog {folder}/systemlog
        TransferLog none
        WtmpLog off
        DelayEngine off
        UseReverseDNS off
        RequireValidShell off
        AuthOrder mod_auth_file.c
        AuthUserFile {folder}/passwd
        AuthGroupFile {folder}/group
        AllowOverwrite on
        AllowStoreRestart on
        SFTPEngine on
        SFTPHostKey {folder}/host
        SFTPAuthMethods password
        SFTPExtensions -posixRename

        """;

    private async Task<bool> Answers()
    {
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync("127.0.0.1", Port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
