using System.Text;
using Connections.Connectors;
using Connections.Domain;
using Connectors.Tests.MailServers;
using MimeKit;

namespace Connectors.Tests.Smtp;

public sealed class SmtpTests
{
    private static readonly object Mail = new { to = new[] { "bob@example.com" }, subject = "Order", text = "It is on its way." };

    [Theory]
    [InlineData("tls")]
    [InlineData("starttls")]
    public async Task A_probe_returns_its_steps_and_the_account(string security)
    {
        using var server = new ScriptedSmtp(tls: security == "tls");
        await using var mailbox = new TestMailbox("smtp", server.Port, security: security);
        var probe = await mailbox.Probe();
        Assert.Null(probe.Failure?.Message);
        Assert.Equal(["resolve", "connect", "tls", "signIn", "identify"], probe.Steps.Select(s => s.Name));
        Assert.All(probe.Steps, s => Assert.Equal("ok", s.Outcome));
        Assert.Equal("""["mail.test","ann@mail.test"]""", Assert.Single(probe.Identities).Value);
        Assert.Equal($"{TestMailbox.User} on mail.test", probe.Account!.Display);
        Assert.Equal(["NOOP", "QUIT"], server.Verbs.TakeLast(2));
        Assert.All(server.Commands.Where(c => c.StartsWith("EHLO", StringComparison.Ordinal)), c => Assert.Equal("EHLO [127.0.0.1]", c));
    }

    [Fact]
    public async Task An_email_arrives_whole_and_hides_bcc()
    {
        using var server = new ScriptedSmtp();
        await using var mailbox = new TestMailbox("smtp", server.Port);
        var bytes = Encoding.UTF8.GetBytes(new string('é', 50_000));
        var sent = await mailbox.Done("send-email", new
        {
            to = new[] { "Böb <bob@example.com>", "BOB@example.com" },
            cc = new[] { "carl@example.com" },
            bcc = new[] { "secret@example.com" },
            replyTo = new[] { "desk@example.com" },
            subject = "Grüße ☃",
            text = ".\r\n..dots\r\n.",
            html = "<p>Grüße</p>",
            attachments = new object[]
            {
                new { file = new { id = mailbox.Files.Add("größe.txt", "text/plain", bytes) } },
                new { name = "a.eml", contentType = "message/rfc822", base64 = "AAEC" }
            }
        });
        var text = Assert.Single(server.Mails);
        Assert.DoesNotContain("secret@example.com", text, StringComparison.Ordinal);
        Assert.Equal(["bob@example.com", "carl@example.com", "secret@example.com"],
            server.Commands.Where(c => c.StartsWith("RCPT", StringComparison.Ordinal)).Select(c => c.Split('<', '>')[1]).Order());
        Assert.Contains(server.Commands, c => c.StartsWith("MAIL FROM:<ann@mail.test>", StringComparison.Ordinal));

        using var mail = await MimeMessage.LoadAsync(new MemoryStream(Encoding.UTF8.GetBytes(text)), TestContext.Current.CancellationToken);
        Assert.Equal(("Grüße ☃", "Änn Example", "Böb"), (mail.Subject, mail.From[0].Name, mail.To[0].Name));
        Assert.Equal((".\n..dots\n.", "<p>Grüße</p>"), (mail.TextBody!.ReplaceLineEndings("\n").TrimEnd(), mail.HtmlBody!.TrimEnd()));
        Assert.Equal(["größe.txt", "a.eml"], mail.Attachments.Select(a => ((MimePart)a).FileName));
        using var content = new MemoryStream();
        await ((MimePart)mail.Attachments.First()).Content!.DecodeToAsync(content, TestContext.Current.CancellationToken);
        Assert.Equal(bytes, content.ToArray());
        Assert.Equal($"{mailbox.Activity:n}@mail.test", mail.MessageId);
        Assert.Equal($"<{mail.MessageId}>", sent.GetProperty("id").GetString());
        Assert.Equal("2.0.0 queued as 4711", sent.GetProperty("vendor").GetProperty("reply").GetString());
    }

    [Fact]
    public async Task One_refused_recipient_refuses_the_whole()
    {
        using var server = new ScriptedSmtp { Reply = c => c.Contains("nobody", StringComparison.Ordinal) ? "550 5.1.1 no such user\r\n" : null };
        await using var mailbox = new TestMailbox("smtp", server.Port);
        var failed = await mailbox.Fails("send-email", new { to = new[] { "bob@example.com", "nobody@example.com" }, subject = "s", text = "t" });
        Assert.Equal((FailureKind.InvalidInput, Delivered.No), (failed.Kind, failed.Delivered));
        Assert.Contains("no such user", failed.Message, StringComparison.Ordinal);
        Assert.Empty(server.Mails);
        Assert.DoesNotContain("DATA", server.Verbs);
    }

    [Fact]
    public async Task The_others_get_the_email_if_that_is_wanted()
    {
        using var server = new ScriptedSmtp { Reply = c => c.Contains("nobody", StringComparison.Ordinal) ? "550 5.1.1 no such user\r\n" : null };
        await using var mailbox = new TestMailbox("smtp", server.Port);
        var sent = await mailbox.Done("send-email", new
        {
            to = new[] { "nobody@example.com", "bob@example.com" },
            subject = "s",
            text = "t",
            vendor = new { allowPartial = true }
        });
        Assert.Single(server.Mails);
        var refused = Assert.Single(sent.GetProperty("vendor").GetProperty("refused").EnumerateArray());
        Assert.Equal("nobody@example.com", refused.GetProperty("address").GetString());
        Assert.Contains("550 5.1.1", refused.GetProperty("reason").GetString(), StringComparison.Ordinal);

        var failed = await mailbox.Fails("send-email", new { to = new[] { "nobody@example.com" }, subject = "s", text = "t", vendor = new { allowPartial = true } });
        Assert.Equal((FailureKind.InvalidInput, Delivered.No), (failed.Kind, failed.Delivered));
        Assert.Single(server.Mails);
    }

    [Fact]
    public async Task A_wrong_password_is_sent_once()
    {
        using var server = new ScriptedSmtp { Reply = c => c == "AUTH" ? "535 5.7.8 wrong\r\n" : null };
        await using var mailbox = new TestMailbox("smtp", server.Port);
        Assert.Equal(FailureKind.ReauthRequired, (await mailbox.Fails("send-email", Mail)).Kind);
        Assert.False((await mailbox.Fails("send-email", Mail)).Attempted);
        Assert.Single(server.Verbs, v => v == "AUTH");
    }

    [Fact]
    public async Task A_server_that_offers_no_password_sign_in_is_said_so()
    {
        using var server = new ScriptedSmtp { Reply = c => c == "EHLO" ? "250-mail.test\r\n250 AUTH CRAM-MD5 NTLM\r\n" : null };
        await using var mailbox = new TestMailbox("smtp", server.Port);
        var probe = await mailbox.Probe();
        Assert.Equal(FailureKind.Unavailable, probe.Failure!.Kind);
        Assert.Contains("AUTH PLAIN", probe.Failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_is_missing_or_breaks_sends_nothing()
    {
        using var server = new ScriptedSmtp();
        await using var mailbox = new TestMailbox("smtp", server.Port);
        var missing = await mailbox.Fails("send-email", With(Guid.NewGuid()));
        Assert.Equal((FailureKind.InvalidInput, Delivered.No), (missing.Kind, missing.Delivered));
        var id = mailbox.Files.Add("f", "text/plain", new byte[1_000_000]);
        mailbox.Files.BreaksAfter = 500_000;
        var broken = await mailbox.Fails("send-email", With(id));
        Assert.Equal((FailureKind.InvalidInput, Delivered.No), (broken.Kind, broken.Delivered));
        Assert.Empty(server.Mails);
    }

    [Theory]
    [InlineData(40_000_000, FailureKind.InvalidInput)]
    [InlineData(1_000, null)]
    public async Task The_size_is_compared_with_what_the_server_takes(int size, FailureKind? kind)
    {
        using var server = new ScriptedSmtp();
        await using var mailbox = new TestMailbox("smtp", server.Port);
        var result = await mailbox.Run("send-email", With(mailbox.Files.Add("f", "text/plain", new byte[size])));
        Assert.Equal(kind, (result as ConnectorResult.Failed)?.Kind);
        Assert.Equal(kind is null ? 1 : 0, server.Mails.Count);
    }

    [Fact]
    public async Task Addresses_beyond_ASCII_need_a_server_that_takes_them()
    {
        using var server = new ScriptedSmtp();
        await using var mailbox = new TestMailbox("smtp", server.Port);
        var international = new { to = new[] { "bøb@bücher.example" }, subject = "s", text = "t" };
        Assert.Equal(FailureKind.InvalidInput, (await mailbox.Fails("send-email", international)).Kind);
        await mailbox.Done("send-email", new { to = new[] { "bob@bücher.example" }, subject = "s", text = "t" });
        Assert.Contains(server.Commands, c => c.Contains("bob@xn--bcher-kva.example", StringComparison.Ordinal));
        server.ExtraOffers = ["SMTPUTF8"];
        await mailbox.Done("send-email", international);
        Assert.Contains(server.Commands, c => c.Contains("SMTPUTF8", StringComparison.Ordinal));
    }

    [Fact]
    public async Task No_secret_reaches_messages_or_logs()
    {
        using var server = new ScriptedSmtp
        {
            Reply = c => c is "AUTH" or "MAIL" ? $"550 5.7.1 {TestMailbox.Password} {Convert.ToBase64String(Encoding.UTF8.GetBytes($"\0{TestMailbox.User}\0{TestMailbox.Password}"))}\r\n" : null
        };
        await using var mailbox = new TestMailbox("smtp", server.Port);
        var probe = await mailbox.Probe();
        var texts = new List<string> { probe.Failure!.ToString(), string.Join('\n', probe.Steps), (await mailbox.Fails("send-email", Mail)).ToString() };
        server.Reply = c => c == "MAIL" ? $"550 5.7.1 {TestMailbox.Password}\r\n" : null;
        await using var other = new TestMailbox("smtp", server.Port);
        texts.Add((await other.Fails("send-email", Mail)).ToString());
        Assert.Contains(texts, t => t.Contains("***", StringComparison.Ordinal));
        Assert.DoesNotContain(texts.Concat(mailbox.Logs.Lines).Concat(other.Logs.Lines), t => t.Contains(TestMailbox.Password, StringComparison.Ordinal));
    }

    private static object With(Guid file) =>
        new { to = new[] { "bob@example.com" }, subject = "s", text = "t", attachments = new[] { new { file = new { id = file } } } };
}
