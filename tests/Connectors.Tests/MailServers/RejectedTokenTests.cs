using System.Text;
using Connections.Domain;
using Connectors.Tests.Imap;

namespace Connectors.Tests.MailServers;

/// <summary>Rejected tokens, as Google and Microsoft answer by their documentation and by reports of users.</summary>
public sealed class RejectedTokenTests : OAuthServers
{
    // https://developers.google.com/workspace/gmail/imap/xoauth2-protocol: "Error response"
    [Theory]
    [InlineData("+ {reason}\r\n{tag} NO [AUTHENTICATIONFAILED] Invalid credentials (Failure)\r\n")]
    [InlineData("{tag} NO AUTHENTICATE failed.\r\n")]
    public async Task A_token_that_the_IMAP_server_rejects_is_refreshed_once(string answer)
    {
        var rejected = Answer(answer, "400");
        Imap.Answer = c => c == "AUTHENTICATE" && Imap.Commands.Count(IsSignIn) == 1 ? rejected : null;
        await using var mailbox = Connect();
        await mailbox.Done("search-emails", new { });
        Assert.Equal([$"AUTHENTICATE XOAUTH2 {Sent(First)}", $"AUTHENTICATE XOAUTH2 {Sent(Second)}"], Imap.Commands.Where(IsSignIn));

        Imap.Answer = c => c == "AUTHENTICATE" ? rejected : null;
        await using var again = Fresh();
        Assert.Equal(FailureKind.ReauthRequired, (await again.Fails("search-emails", new { })).Kind);
    }

    [Theory]
    [InlineData("334 {reason}\r\n535-5.7.8 Username and Password not accepted.\r\n535 5.7.8 https://support.google.com\r\n")]
    [InlineData("535 5.7.3 Authentication unsuccessful [MN2.prod.outlook.com]\r\n")]
    public async Task A_token_that_the_SMTP_server_rejects_is_refreshed_once(string answer)
    {
        var rejected = Answer(answer, "400");
        Smtp.Reply = c => c is "AUTH" or "" && Smtp.Commands.Count(IsSignIn) == 1 ? Next(c, rejected) : null;
        await using var mailbox = Connect();
        var file = mailbox.Files.Add("f", "text/plain", new byte[200_000]);
        await mailbox.Done("send-email", new
        {
            to = new[] { "bob@example.com" },
            subject = "s",
            text = "t",
            attachments = new[] { new { file = new { id = file } } }
        });
        Assert.Equal([$"AUTH XOAUTH2 {Sent(First)}", $"AUTH XOAUTH2 {Sent(Second)}"], Smtp.Commands.Where(IsSignIn));
        Assert.True(Assert.Single(Smtp.Mails).Length > 200_000);

        Smtp.Reply = c => c is "AUTH" or "" ? Next(c, rejected) : null;
        await using var again = Fresh();
        var failed = await again.Fails("send-email", Mail);
        Assert.Equal((FailureKind.ReauthRequired, Delivered.No), (failed.Kind, failed.Delivered));
    }

    [Fact]
    public async Task A_second_rejection_ends_the_sign_in()
    {
        Imap.Answer = c => c == "AUTHENTICATE" ? "{tag} NO [AUTHENTICATIONFAILED] no\r\n" : null;
        await using var mailbox = Connect();
        var probe = await mailbox.Probe();
        Assert.Equal(FailureKind.ReauthRequired, probe.Failure!.Kind);
        Assert.Equal(["resolve", "connect", "tls", "resolve", "connect", "tls", "signIn"], probe.Steps.Select(s => s.Name));
        Assert.Equal(("reauthRequired", 2, 0), (probe.Steps[^1].Outcome, Imap.Commands.Count(IsSignIn), Smtp.Connections));
        Assert.Equal([null, 0], Tokens.Requested);
        Assert.DoesNotContain("password", probe.Failure.Message, StringComparison.Ordinal);
        Assert.False((await mailbox.Fails("search-emails", new { })).Attempted);
    }

    [Theory]
    [InlineData("{tag} NO [UNAVAILABLE] Temporary authentication failure.\r\n", "400", FailureKind.Unavailable)]
    [InlineData("+ {reason}\r\n{tag} NO [AUTHENTICATIONFAILED] Invalid credentials (Failure)\r\n", "503", FailureKind.Unavailable)]
    [InlineData("+ {reason}\r\n{tag} NO no\r\n", "429", FailureKind.Throttled)]
    [InlineData("{tag} BAD Server Unavailable. 15\r\n", "400", FailureKind.Unavailable)]
    [InlineData("{tag} NO Server Unavailable. 15\r\n", "400", FailureKind.Unavailable)]
    [InlineData("* BYE Connection closed. 14\r\n", "400", FailureKind.Unavailable)]
    [InlineData("{tag} BAD Request is throttled. Suggested Backoff Time: 2000 milliseconds\r\n", "400", FailureKind.Throttled)]
    [InlineData("{tag} NO [ALERT] Your account is not enabled for IMAP use. (Failure)\r\n", "400", FailureKind.Forbidden)]
    [InlineData("{tag} NO [ALERT] IMAP access is disabled for your domain. (Failure)\r\n", "400", FailureKind.Forbidden)]
    [InlineData("{tag} BAD User is authenticated but not connected.\r\n", "400", FailureKind.Forbidden)]
    public async Task No_other_failure_of_the_IMAP_server_rejects_the_token(string answer, string status, FailureKind kind)
    {
        var other = Answer(answer, status);
        Imap.Answer = c => c == "AUTHENTICATE" ? other : null;
        await using var mailbox = Connect();
        Assert.Equal(kind, (await mailbox.Probe()).Failure!.Kind);
        Assert.All(Tokens.Requested, refused => Assert.Null(refused));
        Imap.Answer = _ => null;
        await mailbox.Done("search-emails", new { });
    }

    // Microsoft: https://learn.microsoft.com/exchange/clients-and-mobile-in-exchange-online/authenticated-client-smtp-submission
    [Theory]
    [InlineData("454 4.7.0 Temporary authentication failure\r\n", "400", FailureKind.Unavailable)]
    [InlineData("421 4.7.0 Temporary System Problem. Try again later.\r\n", "400", FailureKind.Throttled)]
    [InlineData("432 4.3.2 Concurrent connections limit exceeded\r\n", "400", FailureKind.Unavailable)]
    [InlineData("334 {reason}\r\n535 5.7.8 no\r\n", "500", FailureKind.Unavailable)]
    [InlineData("535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the Tenant\r\n", "400", FailureKind.Forbidden)]
    public async Task No_other_failure_of_the_SMTP_server_rejects_the_token(string answer, string status, FailureKind kind)
    {
        var other = Answer(answer, status);
        Smtp.Reply = c => c is "AUTH" or "" ? Next(c, other) : null;
        await using var mailbox = Connect();
        var failed = await mailbox.Fails("send-email", Mail);
        Assert.Equal((kind, Delivered.No), (failed.Kind, failed.Delivered));
        Assert.All(Tokens.Requested, refused => Assert.Null(refused));
        Assert.DoesNotContain("password", failed.Reason, StringComparison.Ordinal);
        await mailbox.Done("search-emails", new { });
    }

    [Fact]
    public async Task A_token_that_is_rejected_after_the_copy_repeats_no_copy()
    {
        Imap.Capabilities = Imap.Capabilities.Replace(" MOVE", "", StringComparison.Ordinal);
        Imap.Answer = c => c == "UID STORE" ? "{tag} NO [AUTHENTICATIONFAILED] The token has expired.\r\n" : null;
        await using var mailbox = Connect();
        var failed = await mailbox.Fails("move-email", new { id = ScriptedImap.Id, folder = "Sent" });
        Assert.Equal((FailureKind.Unavailable, Delivered.Maybe), (failed.Kind, failed.Delivered));
        Assert.Single(Imap.Commands, c => c.StartsWith("UID COPY", StringComparison.Ordinal));
        Assert.Equal([null], Tokens.Requested);
    }

    [Fact]
    public async Task The_file_of_the_CA_is_read_once()
    {
        await using var mailbox = Connect();
        await mailbox.Done("search-emails", new { });
        File.Delete(mailbox.CaFile!);
        await mailbox.Done("search-emails", new { });
    }

    private static string Answer(string answer, string status) => answer.Replace(
        "{reason}",
        Convert.ToBase64String(Encoding.UTF8.GetBytes($$"""{"status":"{{status}}","schemes":"Bearer","scope":"https://mail.google.com/"}""")),
        StringComparison.Ordinal);

    // The server says the reason of a rejection before an empty line of the client, and the rejection behind it.
    private static string Next(string command, string answer) =>
        answer.IndexOf("\r\n535", StringComparison.Ordinal) is var at and > 0 && answer.StartsWith("334", StringComparison.Ordinal)
            ? command.Length > 0 ? answer[..(at + 2)] : answer[(at + 2)..]
            : answer;

    private TestMailbox Fresh() => Connect(Hand(First, Second));
}
