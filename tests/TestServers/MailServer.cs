using System.Collections.Concurrent;
using System.Globalization;
using System.Net.Sockets;
using System.Runtime.Versioning;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace TestServers;

/// <summary>
/// A mail server from Debian's binaries on free loopback ports: Postfix takes email from its users and stores it, and Dovecot checks passwords
/// and serves the mailboxes. Postfix takes no recipient <c>nobody</c>.
/// </summary>
[UnsupportedOSPlatform("windows")]
public sealed class MailServer : IAsyncDisposable
{
    public const string Domain = "mail.test";

    private const string Dovecot = "/usr/sbin/dovecot";
    private const string Imap = "/usr/lib/dovecot/imap";
    private const string Postfix = "/usr/sbin/postfix";
    private const string Master = "/usr/lib/postfix/sbin/master";

    private readonly ConcurrentDictionary<string, string> tokens = [];
    private readonly ApiServer tokenCheck;
    private readonly LaunchedServer mailboxes;
    private readonly LaunchedServer submission;
    private int delivered;

    private MailServer(ApiServer tokenCheck, LaunchedServer mailboxes, LaunchedServer submission) =>
        (this.tokenCheck, this.mailboxes, this.submission) = (tokenCheck, mailboxes, submission);

    /// <summary>Whether the servers can run. Only root can start them, because they change their users.</summary>
    public static bool Available => new[] { Dovecot, Imap, Postfix, Master }.All(File.Exists) && Environment.UserName == "root";

    public TestCertificates Certificates { get; } = new();

    /// <summary>SMTP with TLS at once.</summary>
    public int SmtpPort { get; } = Ports.Free();

    /// <summary>SMTP with STARTTLS.</summary>
    public int SmtpStartTlsPort { get; } = Ports.Free();

    /// <summary>IMAP with TLS at once.</summary>
    public int ImapPort { get; } = Ports.Free();

    /// <summary>IMAP with STARTTLS.</summary>
    public int ImapStartTlsPort { get; } = Ports.Free();

    /// <param name="names">The names in the certificate.</param>
    public static async Task<MailServer> Create(params string[] names)
    {
        if (!Available) throw new InvalidOperationException("Postfix and Dovecot cannot be run here.");
        var server = new MailServer(
            await ApiServer.Start(), await LaunchedServer.In("imap-", null, "-TERM"), await LaunchedServer.In("smtp-", null, "-TERM"));
        try
        {
            await server.Prepare(names is [] ? [Domain] : names);
            await server.mailboxes.Start(() => Listens(server.ImapPort), Dovecot, "-F", "-c", Path.Combine(server.mailboxes.Folder, "dovecot.conf"));
            await server.submission.ToItsEnd(Postfix, "-c", server.submission.Folder, "check");
            // Its own session: the master ends the processes of its group.
            await server.submission.Start(() => Listens(server.SmtpPort), "/usr/bin/setsid", Master, "-c", server.submission.Folder, "-d");
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    public async Task AddUser(string address, string password)
    {
        // One file for each user: Dovecot reads a changed file again only after a second.
        var path = Path.Combine(mailboxes.Folder, "users", address);
        await File.WriteAllTextAsync(path, $"{address}:{{PLAIN.B64}}{Convert.ToBase64String(Encoding.UTF8.GetBytes(password))}\n");
        File.SetUnixFileMode(path, MailServerFiles.Readable);
    }

    /// <summary>Issues an access token with which a user can sign in (XOAUTH2).</summary>
    public string AddToken(string address)
    {
        var token = $"canary-token-{Guid.NewGuid():n}";
        tokens[token] = address;
        return token;
    }

    /// <summary>Issues an access token that cannot be checked, because the server that knows it fails.</summary>
    public string AddTokenOutage() => AddToken("");

    /// <summary>Puts an email into a mailbox, as it is.</summary>
    /// <param name="folder">A folder that exists; null: the inbox.</param>
    public async Task Deliver(string address, string mail, string? folder = null)
    {
        var place = Path.Combine(MailServerFiles.Mailbox(mailboxes.Folder, address), folder is null ? "" : $".{folder}", "new");
        await MailServerFiles.CreateMailbox(place);
        var number = Interlocked.Increment(ref delivered).ToString("d9", CultureInfo.InvariantCulture);
        var path = Path.Combine(place, $"1700000000.{number}.{Domain}");
        await File.WriteAllTextAsync($"{path}.tmp", mail.ReplaceLineEndings("\n"), Encoding.Latin1);
        File.SetUnixFileMode($"{path}.tmp", MailServerFiles.Readable);
        File.Move($"{path}.tmp", path);
    }

    /// <summary>Fills an inbox that is one file: the user name begins with <c>mbox-</c>. The subjects are <c>Order 0</c> and so on.</summary>
    public async Task Fill(string address, int count)
    {
        var mailbox = MailServerFiles.Mailbox(mailboxes.Folder, address);
        await MailServerFiles.CreateMailbox(mailbox);
        var inbox = Path.Combine(mailbox, "inbox");
        await File.WriteAllLinesAsync(inbox, Enumerable.Range(0, count).Select(i =>
            $"From bob@example.com Mon Nov 30 10:00:00 2026\nFrom: bob@example.com\nSubject: Order {i}\n\nIt is on its way.\n"));
        await submission.ToItsEnd("/usr/bin/chown", MailServerFiles.Owner, inbox);
    }

    /// <summary>The emails in a mailbox, as they were stored.</summary>
    public IReadOnlyList<string> Mails(string address)
    {
        var mailbox = MailServerFiles.Mailbox(mailboxes.Folder, address);
        return [.. new[] { "new", "cur" }.Select(f => Path.Combine(mailbox, f)).Where(Directory.Exists)
            .SelectMany(Directory.GetFiles).Select(f => File.ReadAllText(f))];
    }

    /// <summary>Gives the inbox of a user another UIDVALIDITY, as after its reconstruction.</summary>
    public async Task Rebuild(string address)
    {
        var mailbox = MailServerFiles.Mailbox(mailboxes.Folder, address);
        var list = Path.Combine(mailbox, "dovecot-uidlist");
        var text = await File.ReadAllTextAsync(list, Encoding.Latin1);
        // The first line: 3 V<validity> N<next id>
        var validity = text.Split(' ')[1];
        var next = uint.Parse(validity.AsSpan(1), CultureInfo.InvariantCulture) + 1;
        await File.WriteAllTextAsync(list, text.Replace($" {validity} ", $" V{next} ", StringComparison.Ordinal), Encoding.Latin1);
        foreach (var file in Directory.GetFiles(mailbox, "dovecot.index*")) File.Delete(file);
    }

    public string Log() => mailboxes.Log() + submission.Log();

    public async ValueTask DisposeAsync()
    {
        await submission.DisposeAsync();
        await mailboxes.DisposeAsync();
        await tokenCheck.DisposeAsync();
        Certificates.Dispose();
    }

    private async Task Prepare(string[] names)
    {
        var (certificate, key) = Certificates.Issue(false, names);
        foreach (var server in new[] { mailboxes, submission })
        {
            File.SetUnixFileMode(server.Folder, MailServerFiles.Open);
            await server.Write("server.crt", certificate);
            await server.Write("server.key", key);
        }

        await Write(mailboxes, "dovecot.conf", MailServerFiles.Dovecot(mailboxes.Folder, ImapPort, ImapStartTlsPort));
        tokenCheck.Answer = Check;
        await Write(mailboxes, "tokens.conf", MailServerFiles.Tokens(tokenCheck.Port));
        await Write(submission, "main.cf", MailServerFiles.Postfix(submission.Folder, mailboxes.Folder));
        await Write(submission, "master.cf", MailServerFiles.PostfixServices(mailboxes.Folder, SmtpPort, SmtpStartTlsPort));
        await Write(submission, "recipients", MailServerFiles.Recipients);
        Directory.CreateDirectory(Path.Combine(mailboxes.Folder, "users"));
        await MailServerFiles.CreateMailbox(Path.Combine(mailboxes.Folder, "mail"));
        foreach (var folder in new[] { "queue", "data" }) Directory.CreateDirectory(Path.Combine(submission.Folder, folder));
        await submission.ToItsEnd("/usr/bin/chown", "postfix", Path.Combine(submission.Folder, "data"));
    }

    private Task Check(HttpContext context)
    {
        var address = tokens.GetValueOrDefault(context.Request.Query["access_token"].ToString());
        context.Response.StatusCode = address switch { null => 401, "" => 503, _ => 200 };
        return address is { Length: > 0 } ? context.Response.WriteAsJsonAsync(new { email = address, active = "true" }) : Task.CompletedTask;
    }

    private static async Task Write(LaunchedServer server, string name, string text)
    {
        await server.Write(name, text);
        File.SetUnixFileMode(Path.Combine(server.Folder, name), MailServerFiles.Readable);
    }

    private static async Task<bool> Listens(int port)
    {
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync("127.0.0.1", port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
