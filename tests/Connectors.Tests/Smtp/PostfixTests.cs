using System.Security.Cryptography;
using System.Text;
using Connections.Domain;
using Connectors.Tests.MailServers;
using MimeKit;

namespace Connectors.Tests.Smtp;

/// <summary>Round trips through a real server.</summary>
public sealed class PostfixTests(MailServerFixture fixture)
{
    [Theory]
    [InlineData("tls")]
    [InlineData("starttls")]
    public async Task A_probe_signs_in(string security)
    {
        await using var mailbox = await Connect(security);
        var probe = await mailbox.Probe();
        Assert.Null(probe.Failure?.Message);
        var wrong = await mailbox.Probe(use: mailbox.Use(password: "wrong"));
        Assert.Equal(FailureKind.ReauthRequired, wrong.Failure!.Kind);
    }

    [Fact]
    public async Task Text_names_and_twenty_attachments_of_25_MB_arrive_as_they_were_sent()
    {
        var (server, _) = await fixture.Start();
        await using var mailbox = await Connect("starttls");
        var contents = Enumerable.Range(0, 20).Select(_ => RandomNumberGenerator.GetBytes(1_310_720)).ToList();
        var sent = await mailbox.Done("send-email", new
        {
            to = new[] { $"Jürgen Öztürk 李 <{mailbox.UserName}>" },
            bcc = new[] { $"hidden-{mailbox.UserName}" },
            subject = "Angebot für 李 – 50 €",
            text = "Grüße\n.\n..\nEnde",
            html = "<p>Grüße 李</p>",
            attachments = contents.Select((c, i) => new { name = $"Größe {i} 李.bin", file = new { id = mailbox.Files.Add("x", "application/x-test", c) } })
        });
        await Eventually.Holds(() => server.Mails(mailbox.UserName).Count == 1 && server.Mails($"hidden-{mailbox.UserName}").Count == 1, "the email arrives");
        var text = server.Mails(mailbox.UserName)[0];
        Assert.DoesNotContain("hidden", text, StringComparison.Ordinal);
        using var mail = await MimeMessage.LoadAsync(new MemoryStream(Encoding.UTF8.GetBytes(text)), TestContext.Current.CancellationToken);
        Assert.Equal(("Angebot für 李 – 50 €", "Jürgen Öztürk 李", "Änn Example"), (mail.Subject, mail.To[0].Name, mail.From[0].Name));
        Assert.Equal(("Grüße\n.\n..\nEnde", "<p>Grüße 李</p>"), (mail.TextBody!.ReplaceLineEndings("\n").TrimEnd(), mail.HtmlBody!.TrimEnd()));
        Assert.Equal(sent.GetProperty("id").GetString(), $"<{mail.MessageId}>");
        var parts = mail.Attachments.Cast<MimePart>().ToList();
        Assert.Equal(Enumerable.Range(0, 20).Select(i => $"Größe {i} 李.bin"), parts.Select(p => p.FileName));
        Assert.All(parts.Zip(contents), pair =>
        {
            using var received = new MemoryStream();
            pair.First.Content!.DecodeTo(received, TestContext.Current.CancellationToken);
            Assert.Equal(SHA256.HashData(pair.Second), SHA256.HashData(received.ToArray()));
        });
    }

    [Fact]
    public async Task A_recipient_that_the_server_does_not_know_gets_nothing_and_stops_the_rest()
    {
        var (server, _) = await fixture.Start();
        await using var mailbox = await Connect("tls");
        var failed = await mailbox.Fails("send-email", new { to = new[] { mailbox.UserName, "nobody@mail.test" }, subject = "s", text = "t" });
        Assert.Equal((FailureKind.InvalidInput, Delivered.No), (failed.Kind, failed.Delivered));
        await mailbox.Done("send-email", new
        {
            to = new[] { mailbox.UserName, "nobody@mail.test" },
            subject = "s",
            text = "t",
            vendor = new { allowPartial = true }
        });
        await Eventually.Holds(() => server.Mails(mailbox.UserName).Count == 1, "the email arrives once");
    }

    private async Task<TestMailbox> Connect(string security)
    {
        var (server, user) = await fixture.Start();
        return new TestMailbox(
            "smtp", security == "tls" ? server.SmtpPort : server.SmtpStartTlsPort, server.Certificates.AuthorityPem, security)
        { UserName = user };
    }
}
