using System.Text;
using Connectors.Tests.MailServers;
using MailKit;
using MailKit.Net.Imap;
using MailKit.Security;
using MimeKit;
using TestServers;

namespace Connectors.Tests.Imap;

/// <summary>One Cyrus for the tests of a class. Emails come into its mailboxes by IMAP.</summary>
public sealed class CyrusFixture : IAsyncDisposable
{
    private readonly SemaphoreSlim starting = new(1);
    private CyrusServer? server;

    internal async Task<TestMailbox> Connect(string security)
    {
        Assert.SkipUnless(CyrusServer.Available, "Cyrus is not installed, or the tests do not run as root");
        await starting.WaitAsync();
        try
        {
            server ??= await CyrusServer.Create(ScriptedServer.Host);
            var user = $"user-{Guid.CreateVersion7():n}";
            await server.AddUser(user, TestMailbox.Password);
            var mailbox = new TestMailbox(
                "imap", security == "tls" ? server.ImapPort : server.ImapStartTlsPort, server.Certificates.AuthorityPem, security)
            { UserName = $"{user}@{CyrusServer.Domain}" };
            // The mailbox is created at the first sign-in.
            using var client = await SignIn(mailbox.UserName, TestMailbox.Password);
            return mailbox;
        }
        finally
        {
            starting.Release();
        }
    }

    internal async Task Deliver(TestMailbox mailbox, string mail)
    {
        using var client = await SignIn(mailbox.UserName, TestMailbox.Password);
        await Append(client, mail);
    }

    internal async Task Rebuild(TestMailbox mailbox)
    {
        var before = await Validity(mailbox);
        await Eventually.Holds(async () =>
        {
            using (var administrator = await SignIn(CyrusServer.Administrator, CyrusServer.Password))
            {
                var inbox = await administrator.GetFolderAsync($"user/{mailbox.UserName.Split('@')[0]}");
                await inbox.SetAccessRightsAsync(CyrusServer.Administrator, new AccessRights("lrx"));
                await inbox.DeleteAsync();
            }

            // The mailbox is created again, and its UIDVALIDITY is the second in which that happens.
            return await Validity(mailbox) != before;
        }, "the inbox has another UIDVALIDITY");
        await Deliver(mailbox, Emails.Email("bob@example.com", "s", "t"));
    }

    public async ValueTask DisposeAsync()
    {
        if (server is not null) await server.DisposeAsync();
        starting.Dispose();
    }

    private async Task<uint> Validity(TestMailbox mailbox)
    {
        using var client = await SignIn(mailbox.UserName, TestMailbox.Password);
        await client.Inbox!.OpenAsync(FolderAccess.ReadOnly);
        return client.Inbox.UidValidity;
    }

    private async Task<ImapClient> SignIn(string user, string password)
    {
        var client = new ImapClient();
        client.ServerCertificateValidationCallback = (_, presented, _, _) => presented?.Issuer == "CN=Test CA";
        await client.ConnectAsync("127.0.0.1", server!.ImapPort, SecureSocketOptions.SslOnConnect);
        await client.AuthenticateAsync(new SaslMechanismPlain(Encoding.UTF8, user, password));
        return client;
    }

    private static async Task Append(ImapClient client, string mail)
    {
        using var bytes = new MemoryStream(Encoding.Latin1.GetBytes(mail.ReplaceLineEndings("\r\n")));
        using var message = await MimeMessage.LoadAsync(bytes);
        await client.Inbox!.AppendAsync(message);
    }
}
