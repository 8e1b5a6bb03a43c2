using System.Runtime.Versioning;

namespace TestServers;

/// <summary>
/// Cyrus IMAP on free loopback ports, from Debian's binaries in a folder of their own. A mailbox is created at the first sign-in.
/// </summary>
[UnsupportedOSPlatform("windows")]
public sealed class CyrusServer : IAsyncDisposable
{
    public const string Domain = "mail.test";
    public const string Administrator = "administrator";
    public const string Password = "canary-administrator";

    private const string Root = "/opt/connections-cyrus";
    private const string Master = $"{Root}/usr/lib/cyrus/bin/master";
    private const string Libraries = $"LD_LIBRARY_PATH={Root}/usr/lib/x86_64-linux-gnu";

    private readonly LaunchedServer server;

    private CyrusServer(LaunchedServer server) => this.server = server;

    /// <summary>Whether the server can run. Only root can start it, because it changes its user.</summary>
    public static bool Available => File.Exists(Master) && Environment.UserName == "root";

    public TestCertificates Certificates { get; } = new();

    /// <summary>IMAP with TLS at once.</summary>
    public int ImapPort { get; } = Ports.Free();

    /// <summary>IMAP with STARTTLS.</summary>
    public int ImapStartTlsPort { get; } = Ports.Free();

    /// <param name="names">The names in the certificate.</param>
    public static async Task<CyrusServer> Create(params string[] names)
    {
        var server = new CyrusServer(await LaunchedServer.In("cyrus-", null, "-TERM"));
        try
        {
            await server.Prepare(names);
            // Its own session: the master ends the processes of its group.
            await server.server.Listen(
                server.ImapPort, "/usr/bin/setsid", "/usr/bin/env", Libraries, $"CYRUS_USER={MailServerFiles.Owner}",
                Master, "-D", "-C", server.At("imapd.conf"), "-M", server.At("cyrus.conf"), "-p", server.At("pid"));
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    public async Task AddUser(string name, string password)
    {
        await server.Write("password", password);
        await server.ToItsEnd(
            "/bin/sh", "-c", $"{Root}/usr/sbin/saslpasswd2 -p -c -u {Domain} -f {At("users")} {name} < {At("password")}");
        File.SetUnixFileMode(At("users"), MailServerFiles.Readable);
    }

    public string Log() => server.Log();

    public async ValueTask DisposeAsync()
    {
        await server.DisposeAsync();
        Certificates.Dispose();
    }

    private async Task Prepare(string[] names)
    {
        var (certificate, key) = Certificates.Issue(false, names);
        File.SetUnixFileMode(server.Folder, MailServerFiles.Open);
        foreach (var (name, text) in new[]
        {
            ("server.crt", certificate), ("server.key", key), ("imapd.conf", Settings(server.Folder)), ("cyrus.conf", Services())
        })
        {
            await server.Write(name, text);
            File.SetUnixFileMode(At(name), MailServerFiles.Readable);
        }

        foreach (var folder in new[] { "state/proc", "state/log", "state/socket", "mail" }) Directory.CreateDirectory(At(folder));
        await server.ToItsEnd("/usr/bin/chown", "-R", MailServerFiles.Owner, At("state"), At("mail"));
        await AddUser(Administrator, Password);
    }

    private string At(string name) => Path.Combine(server.Folder, name);

    private static string Settings(string folder) => $"""
        configdirectory: {folder}/state
        defaultpartition: default
        partition-default: {folder}/mail
        cyrus_user: {MailServerFiles.Owner}
        cyrus_group: nogroup
        servername: {Domain}
        virtdomains: userid
        defaultdomain: {Domain}
        admins: {Administrator}
        altnamespace: yes
        unixhierarchysep: yes
        autocreate_users: anyone
        autocreate_quota: 0
        autocreate_inbox_folders: Sent | Archive
        xlist-sent: Sent
        xlist-archive: Archive
        delete_mode: immediate
        allowplaintext: no
        failedloginpause: 0
        sasl_pwcheck_method: auxprop
        sasl_auxprop_plugin: sasldb
        sasl_sasldb_path: {folder}/users
        sasl_mech_list: PLAIN LOGIN
        tls_server_cert: {folder}/server.crt
        tls_server_key: {folder}/server.key

        """;

    private string Services() => $$"""
        START {
        }
        SERVICES {
          imap cmd="{{Root}}/usr/lib/cyrus/bin/imapd -C {{At("imapd.conf")}}" listen="127.0.0.1:{{ImapStartTlsPort}}" proto="tcp4"
          imaps cmd="{{Root}}/usr/lib/cyrus/bin/imapd -s -C {{At("imapd.conf")}}" listen="127.0.0.1:{{ImapPort}}" proto="tcp4"
        }
        EVENTS {
        }

        """;
}
