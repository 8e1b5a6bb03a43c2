using System.Globalization;
using System.Runtime.Versioning;
using System.Security.Cryptography;

namespace TestServers;

/// <summary>A test SSH server from Debian's binaries, on a free loopback port, with key authentication and port forwarding.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class SshServer : IAsyncDisposable
{
    public const string Host = "127.0.0.1";

    private const string Server = "/usr/sbin/sshd";
    private const string KeyGenerator = "/usr/bin/ssh-keygen";
    private static readonly string[] HostKeyTypes = ["ed25519", "ecdsa", "rsa"];
    private const string PrivilegeSeparationFolder = "/run/sshd";
    private readonly LaunchedServer launched;

    private SshServer(LaunchedServer launched, int port) => (this.launched, Port) = (launched, port);

    /// <summary>Whether the server can run. Only root can create its privilege separation folder.</summary>
    public static bool Available => File.Exists(Server) && File.Exists(KeyGenerator)
        && (Directory.Exists(PrivilegeSeparationFolder) || Environment.UserName == "root");

    public static string User => Environment.UserName;

    public int Port { get; }

    public string PrivateKey => File.ReadAllText(Path.Combine(launched.Folder, "user"));

    public string OtherKey => File.ReadAllText(Path.Combine(launched.Folder, "other"));

    public string LockedKey => File.ReadAllText(Path.Combine(launched.Folder, "locked"));

    /// <summary>The passphrase of <see cref="LockedKey"/>.</summary>
    public static string Passphrase { get; } = $"passphrase{Guid.NewGuid():n}";

    /// <summary>The fingerprint of the host key that clients prefer, as <c>SHA256:…</c>.</summary>
    public string Fingerprint => FingerprintOf("ed25519");

    /// <param name="type"><c>ed25519</c>, <c>ecdsa</c> or <c>rsa</c>.</param>
    public string FingerprintOf(string type) =>
        "SHA256:" + Convert.ToBase64String(SHA256.HashData(Convert.FromBase64String(PublicHostKey(type).Split(' ')[1]))).TrimEnd('=');

    /// <summary>The host's public key as a line of text.</summary>
    public string PublicHostKey(string type) => File.ReadAllText(Path.Combine(launched.Folder, $"host-{type}.pub"));

    /// <param name="dialogue">The server takes passwords only in a dialogue (keyboard-interactive, by PAM), and no keys.</param>
    /// <param name="sftp">The command that speaks SFTP.</param>
    public static async Task<SshServer> Create(bool dialogue = false, string sftp = "internal-sftp")
    {
        if (!Available) throw new InvalidOperationException("OpenSSH's server cannot be run here.");
        Directory.CreateDirectory(PrivilegeSeparationFolder);
        var server = new SshServer(await LaunchedServer.In("ssh-", null, "-KILL"), Ports.Free());
        try
        {
            foreach (var (name, phrase) in new[] { ("user", ""), ("other", ""), ("locked", Passphrase) })
                await server.launched.ToItsEnd(KeyGenerator, "-q", "-t", "ed25519", "-a", "1", "-N", phrase, "-f", Path.Combine(server.launched.Folder, name));
            foreach (var type in HostKeyTypes)
                await server.launched.ToItsEnd(KeyGenerator, "-q", "-t", type, "-N", "", "-f", Path.Combine(server.launched.Folder, $"host-{type}"));
            await server.Configure(dialogue, sftp);
            await server.Start();
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    public Task Start() => launched.Listen(Port, Server, "-D", "-e", "-f", Path.Combine(launched.Folder, "config"));

    public Task Stop() => launched.Stop();

    public string Log() => launched.Log();

    public ValueTask DisposeAsync() => launched.DisposeAsync();

    private async Task Configure(bool dialogue, string sftp)
    {
        var keys = await File.ReadAllTextAsync(Path.Combine(launched.Folder, "user.pub")) + await File.ReadAllTextAsync(Path.Combine(launched.Folder, "locked.pub"));
        await launched.Write("authorized", keys);
        await launched.Write("config", $"""
            ListenAddress 127.0.0.1
            Port {Port.ToString(CultureInfo.InvariantCulture)}
            {string.Join('\n', HostKeyTypes.Select(type => $"HostKey {launched.Folder}/host-{type}"))}
            AuthorizedKeysFile {launched.Folder}/authorized
            PidFile none
            StrictModes no
            {(dialogue ? "UsePAM yes\nKbdInteractiveAuthentication yes\nPasswordAuthentication no\nPubkeyAuthentication no" : "UsePAM no\nPasswordAuthentication yes")}
            PermitRootLogin yes
            AllowTcpForwarding local
            MaxStartups 100
            Subsystem sftp {sftp}
            LogLevel VERBOSE

            """);
    }
}
