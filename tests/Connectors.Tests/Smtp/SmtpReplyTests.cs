using Connections.Domain;
using Connectors.Tests.MailServers;

namespace Connectors.Tests.Smtp;

/// <summary>Each reply ends as its kind, and none of them delivers the email.</summary>
public sealed class SmtpReplyTests
{
    [Theory]
    [InlineData("GREETING", "554 no service for you", FailureKind.Operator)]
    [InlineData("GREETING", "421 4.3.2 shutting down", FailureKind.Unavailable)]
    [InlineData("GREETING", "421 4.7.0 too many connections", FailureKind.Throttled)]
    [InlineData("GREETING", "530 5.7.0 sign in first", FailureKind.Unavailable)]
    [InlineData("EHLO", "530 5.7.0 sign in first", FailureKind.Unavailable)]
    [InlineData("EHLO", "550 5.7.1 go away", FailureKind.Unavailable)]
    [InlineData("AUTH", "535 5.7.8 wrong", FailureKind.ReauthRequired)]
    [InlineData("AUTH", "535 wrong", FailureKind.ReauthRequired)]
    [InlineData("AUTH", "535 5.7.139 SmtpClientAuthentication is disabled", FailureKind.ReauthRequired)]
    [InlineData("AUTH", "534-5.7.9 Application-specific password required.\r\n534 5.7.9 https://example.com", FailureKind.ReauthRequired)]
    [InlineData("AUTH", "538 5.7.11 encryption required", FailureKind.ReauthRequired)]
    [InlineData("AUTH", "530 5.7.57 client not authenticated", FailureKind.ReauthRequired)]
    [InlineData("AUTH", "550 5.7.30 basic authentication is not supported", FailureKind.ReauthRequired)]
    [InlineData("AUTH", "525 5.7.13 account disabled", FailureKind.ReauthRequired)]
    [InlineData("AUTH", "432 4.7.12 password transition needed", FailureKind.ReauthRequired)]
    [InlineData("AUTH", "454 4.7.0 temporary authentication failure", FailureKind.Unavailable)]
    [InlineData("AUTH", "454 4.3.0 try again later", FailureKind.Unavailable)]
    [InlineData("AUTH", "421 4.7.0 too many login attempts", FailureKind.Throttled)]
    [InlineData("AUTH", "451 4.3.0 internal error", FailureKind.Unavailable)]
    [InlineData("AUTH", "504 5.5.4 unknown mechanism", FailureKind.Unavailable)]
    [InlineData("MAIL", "530 5.7.0 authentication required", FailureKind.ReauthRequired)]
    [InlineData("MAIL", "530 5.7.57 client not authenticated", FailureKind.ReauthRequired)]
    [InlineData("MAIL", "550 5.7.60 not allowed to send as this sender", FailureKind.Forbidden)]
    [InlineData("MAIL", "553 5.7.1 sender not owned by user", FailureKind.Forbidden)]
    [InlineData("MAIL", "553 sender rejected", FailureKind.InvalidInput)]
    [InlineData("MAIL", "552 5.3.4 too big", FailureKind.InvalidInput)]
    [InlineData("MAIL", "523 5.3.4 too big", FailureKind.InvalidInput)]
    [InlineData("MAIL", "451 4.3.0 error", FailureKind.Unavailable)]
    [InlineData("MAIL", "452 4.3.1 no space", FailureKind.Unavailable)]
    [InlineData("MAIL", "450 4.7.1 slow down", FailureKind.Throttled)]
    [InlineData("MAIL", "421 4.4.2 timeout", FailureKind.Unavailable)]
    [InlineData("RCPT", "550 5.1.1 no such user", FailureKind.InvalidInput)]
    [InlineData("RCPT", "550 no such user", FailureKind.InvalidInput)]
    [InlineData("RCPT", "553 5.1.3 bad address", FailureKind.InvalidInput)]
    [InlineData("RCPT", "501 5.1.3 bad address", FailureKind.InvalidInput)]
    [InlineData("RCPT", "550 5.7.1 relaying denied", FailureKind.Forbidden)]
    [InlineData("RCPT", "550 5.7.60 send as denied", FailureKind.Forbidden)]
    [InlineData("RCPT", "450 4.2.1 mailbox busy", FailureKind.Unavailable)]
    [InlineData("RCPT", "451 4.7.1 greylisted", FailureKind.Throttled)]
    [InlineData("RCPT", "452 4.5.3 too many recipients", FailureKind.Throttled)]
    [InlineData("RCPT", "421 4.7.0 slow down", FailureKind.Throttled)]
    [InlineData("DATA", "554 5.5.1 no valid recipients", FailureKind.InvalidInput)]
    [InlineData("DATA", "451 4.3.0 error", FailureKind.Unavailable)]
    [InlineData(".", "552 5.3.4 too big", FailureKind.InvalidInput)]
    [InlineData(".", "554 5.7.1 spam", FailureKind.Forbidden)]
    [InlineData(".", "554 5.6.0 malformed", FailureKind.InvalidInput)]
    [InlineData(".", "451 4.3.0 queue error", FailureKind.Unavailable)]
    [InlineData(".", "452 4.7.0 quota of the day", FailureKind.Throttled)]
    [InlineData(".", "421 4.3.2 shutting down", FailureKind.Unavailable)]
    public async Task A_reply_ends_as_its_kind(string command, string reply, FailureKind kind)
    {
        using var server = new ScriptedSmtp { Reply = c => c.Split(' ')[0] == command ? $"{reply} zebra\r\n" : null };
        await using var mailbox = new TestMailbox("smtp", server.Port);
        var failed = await mailbox.Fails(
            "send-email", new { to = new[] { "bob@example.com" }, subject = "s", text = "t" }, TimeSpan.FromSeconds(3.9));
        Assert.Equal((kind, Delivered.No, true), (failed.Kind, failed.Delivered, failed.Answered));
        Assert.Contains(reply.Contains('-', StringComparison.Ordinal) && reply[3] == '-' ? "Application-specific" : reply[4..], failed.Message, StringComparison.Ordinal);
        Assert.Contains("zebra", failed.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("zebra", failed.Reason, StringComparison.Ordinal);
        Assert.Contains(reply[..3], failed.Reason, StringComparison.Ordinal);
        Assert.Empty(server.Mails);
        if (kind == FailureKind.ReauthRequired) return;
        server.Reply = _ => null;
        await mailbox.Done("send-email", new { to = new[] { "bob@example.com" }, subject = "s", text = "t" });
        Assert.Single(server.Mails);
    }

    [Theory]
    [InlineData("GREETING")]
    [InlineData("EHLO")]
    [InlineData("STARTTLS")]
    public async Task A_reply_before_the_encryption_says_nothing_about_the_password(string command)
    {
        using var server = new ScriptedSmtp(tls: false) { Reply = c => c == command ? "530 5.7.0 sign in first\r\n" : null };
        await using var mailbox = new TestMailbox("smtp", server.Port, security: "starttls");
        Assert.Equal(FailureKind.Unavailable, (await mailbox.Probe()).Failure!.Kind);
        server.Reply = _ => null;
        Assert.Null((await mailbox.Probe()).Failure);
    }

    [Fact]
    public async Task A_short_password_is_masked_in_a_repeated_sign_in()
    {
        var sent = Convert.ToBase64String("\0ann@mail.test\0pw1"u8);
        using var server = new ScriptedSmtp { Reply = c => c == "AUTH" ? $"535 5.7.8 what is {sent}\r\n" : null };
        await using var mailbox = new TestMailbox("smtp", server.Port);
        var probe = await mailbox.Probe(use: mailbox.Use("pw1"));
        Assert.Contains("what is ***", probe.Failure!.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(probe.Steps, s => s.ToString().Contains(sent, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("250 not for this 354")]
    [InlineData("yes")]
    [InlineData("")]
    [InlineData("999 strange")]
    public async Task A_reply_that_is_none_after_the_email_leaves_the_outcome_open(string reply)
    {
        var strange = reply.StartsWith("250", StringComparison.Ordinal) ? "354 again\r\n" : reply + "\r\n";
        using var server = new ScriptedSmtp { Reply = c => c == "." ? strange : null };
        await using var mailbox = new TestMailbox("smtp", server.Port);
        var failed = await mailbox.Fails("send-email", new { to = new[] { "bob@example.com" }, subject = "s", text = "t" }, TimeSpan.FromSeconds(3));
        Assert.Equal(Delivered.Maybe, failed.Delivered);
        Assert.Equal(1, server.Connections);
    }
}
