using System.Security.Cryptography;
using System.Text;
using Connections.Domain;
using Connectors.Tests.MailServers;
using static Connectors.Tests.Imap.Emails;

namespace Connectors.Tests.Imap;

/// <summary>The promises of the connector <c>imap</c> on a real server.</summary>
public abstract class ImapServerContract
{
    /// <summary>Connects to a new mailbox with the folders INBOX, Sent and Archive.</summary>
    private protected abstract Task<TestMailbox> Connect(string security);

    /// <summary>Puts an email into the inbox.</summary>
    private protected abstract Task Deliver(TestMailbox mailbox, string mail);

    /// <summary>Gives the inbox another UIDVALIDITY. It holds one email again.</summary>
    private protected abstract Task Rebuild(TestMailbox mailbox);

    [Theory]
    [InlineData("tls")]
    [InlineData("starttls")]
    public async Task A_probe_signs_in(string security)
    {
        await using var mailbox = await Connect(security);
        Assert.Null((await mailbox.Probe()).Failure?.Message);
        Assert.Equal(FailureKind.ReauthRequired, (await mailbox.Probe(use: mailbox.Use(password: "wrong"))).Failure!.Kind);
    }

    [Fact]
    public async Task Emails_are_found_by_each_condition_and_stay_unread()
    {
        await using var mailbox = await Connect("tls");
        await Deliver(mailbox, Email("bob@example.com", "Invoice 7", "Please pay."));
        await Deliver(mailbox, Email("\"Jürgen\" <j@example.com>", "Grüße", "Viele Grüße aus Köln"));
        await Deliver(mailbox, Email("carl@example.com", "Invoice 8", "Paid \"already\" \\ (twice)."));
        foreach (var (input, expected) in new (object, string)[]
        {
            (new { }, "Invoice 8,Grüße,Invoice 7"), (new { limit = 1 }, "Invoice 8"), (new { from = "bob" }, "Invoice 7"), (new { subject = "grüße" }, "Grüße"),
            (new { to = "user@mail.test", subject = "invoice" }, "Invoice 8,Invoice 7"), (new { text = "Köln" }, "Grüße"), (new { query = "pay" }, "Invoice 7"),
            (new { text = "\"already\" \\ (twice)" }, "Invoice 8"), (new { unread = true }, "Invoice 8,Grüße,Invoice 7"), (new { unread = false }, ""),
            (new { since = "2026-01-01", before = "2100-01-01" }, "Invoice 8,Grüße,Invoice 7"), (new { before = "2001-01-01" }, ""), (new { folder = "Sent" }, "")
        })
        {
            var found = (await mailbox.Done("search-emails", input)).GetProperty("messages").EnumerateArray().ToList();
            Assert.Equal(expected, string.Join(',', found.Select(m => m.GetProperty("subject").GetString())));
            foreach (var mail in found)
            {
                await mailbox.Done("read-email", new { id = mail.GetProperty("id").GetString() });
                Assert.False(mail.GetProperty("vendor").GetProperty("read").GetBoolean());
            }
        }

        Assert.Equal(FailureKind.NotFound, (await mailbox.Fails("search-emails", new { folder = "Nowhere" })).Kind);
        Assert.Equal(FailureKind.InvalidInput, (await mailbox.Fails("search-emails", new { since = "2026-02-31" })).Kind);
        Assert.Equal(FailureKind.InvalidInput, (await mailbox.Fails("search-emails", new { from = "a\r\nb" })).Kind);
    }

    [Fact]
    public async Task An_email_is_read_with_its_attachments()
    {
        await using var mailbox = await Connect("starttls");
        var bytes = RandomNumberGenerator.GetBytes(3_000_000);
        await Deliver(mailbox, $"""
            From: =?utf-8?Q?J=C3=BCrgen?= <j@example.com>
            To: {mailbox.UserName}
            Cc: carl@example.com
            Subject: =?utf-8?B?{Convert.ToBase64String("Größe 李"u8)}?=
            MIME-Version: 1.0
            Content-Type: multipart/mixed; boundary=b

            --b
            Content-Type: multipart/alternative; boundary=a

            --a
            Content-Type: text/plain; charset=utf-8
            Content-Transfer-Encoding: quoted-printable

            Gr=C3=BC=C3=9Fe
            --a
            Content-Type: text/html; charset=iso-8859-1
            Content-Transfer-Encoding: quoted-printable

            <p>Gr=FC=DFe</p>
            --a--
            --b
            Content-Type: application/x-test
            Content-Transfer-Encoding: base64
            Content-Disposition: attachment; filename*=utf-8''Gr%C3%B6%C3%9Fe.bin

            {Convert.ToBase64String(bytes, Base64FormattingOptions.InsertLineBreaks)}
            --b
            Content-Type: text/plain; charset=utf-8
            Content-Transfer-Encoding: quoted-printable
            Content-Disposition: attachment; filename=note.txt

            sm=C3=B8rrebr=C3=B8d
            --b--
            """);
        var id = await Only(mailbox);
        var mail = await mailbox.Done("read-email", new { id });
        Assert.Equal(("Größe 李", "Grüße", "<p>Grüße</p>"), (Text(mail, "subject"), Text(mail, "text").Trim(), Text(mail, "html").Trim()));
        Assert.Contains("Jürgen", Text(mail, "from"), StringComparison.Ordinal);
        Assert.Equal(["Größe.bin", "note.txt"], mail.GetProperty("attachments").EnumerateArray().Select(a => Text(a, "name")));
        Assert.InRange(mail.GetProperty("attachments")[0].GetProperty("size").GetInt64(), 2_990_000, 3_010_000);
        Assert.Equal(0, mailbox.Files.Count);

        var expected = new[] { bytes, Encoding.UTF8.GetBytes("smørrebrød") };
        foreach (var (attachment, content) in mail.GetProperty("vendor").GetProperty("attachments").EnumerateArray().Zip(expected))
        {
            var file = (await mailbox.Done("fetch-attachment", new { id, attachment = Text(attachment, "id") })).GetProperty("file");
            Assert.Equal(Text(attachment, "name"), Text(file, "name"));
            Assert.Equal(content, mailbox.Files.Content(file.GetProperty("id").GetGuid()));
        }

        Assert.Equal(FailureKind.NotFound, (await mailbox.Fails("fetch-attachment", new { id, attachment = "9" })).Kind);
        Assert.False((await mailbox.Done("read-email", new { id })).GetProperty("vendor").GetProperty("read").GetBoolean());
    }

    [Fact]
    public async Task A_rebuilt_folder_ends_its_ids()
    {
        await using var mailbox = await Connect("tls");
        await Deliver(mailbox, Email("bob@example.com", "s", "t"));
        var id = await Only(mailbox);
        await Rebuild(mailbox);
        await Eventually.Holds(async () => await Only(mailbox) != id, "the folder has another UIDVALIDITY");
        Assert.Equal(FailureKind.NotFound, (await mailbox.Fails("read-email", new { id })).Kind);
        await mailbox.Done("read-email", new { id = await Only(mailbox) });
    }

    [Fact]
    public async Task An_email_is_marked_and_moved()
    {
        await using var mailbox = await Connect("tls");
        await Deliver(mailbox, Email("bob@example.com", "s", "t"));
        await Deliver(mailbox, Email("bob@example.com", "other", "t"));
        var id = Text((await mailbox.Done("search-emails", new { subject = "other" })).GetProperty("messages")[0], "id");
        foreach (var (read, flagged) in new[] { (true, true), (false, true), (true, false), (true, false) })
        {
            Assert.Equal(id, Text(await mailbox.Done("mark-email", new { id, read, flagged }), "id"));
            var vendor = (await mailbox.Done("read-email", new { id })).GetProperty("vendor");
            Assert.Equal((read, flagged), (vendor.GetProperty("read").GetBoolean(), vendor.GetProperty("flagged").GetBoolean()));
        }

        Assert.Equal(FailureKind.NotFound, (await mailbox.Fails("move-email", new { id, folder = "Nowhere" })).Kind);
        var moved = Text(await mailbox.Done("move-email", new { id, folder = "Archive" }), "id");
        Assert.Equal("other", Text(await mailbox.Done("read-email", new { id = moved }), "subject"));
        foreach (var activity in new[] { "read-email", "mark-email" }) Assert.Equal(FailureKind.NotFound, (await mailbox.Fails(activity, new { id })).Kind);
        Assert.Equal(FailureKind.NotFound, (await mailbox.Fails("move-email", new { id, folder = "Archive" })).Kind);
        Assert.Single((await mailbox.Done("search-emails", new { })).GetProperty("messages").EnumerateArray());
    }

    [Fact]
    public async Task The_folders_are_listed_with_their_kinds()
    {
        await using var mailbox = await Connect("tls");
        var folders = (await mailbox.Done("list-folders", new { })).GetProperty("folders").EnumerateArray().ToList();
        Assert.Equal(["Archive archive", "INBOX inbox", "Sent sent"], folders.Select(f => $"{Text(f, "name")} {Text(f, "kind")}"));
        Assert.All(folders, f => Assert.True(f.GetProperty("selectable").GetBoolean()));
    }
}
