using Connections.Connectors;
using Connections.Domain;
using Connectors.Tests.OAuth;

namespace Connectors.Tests.MailServers;

/// <summary>A sign-in with an access token.</summary>
public sealed class OAuthEmailTests : OAuthServers
{
    [Theory]
    [InlineData("google-email", "sub")]
    [InlineData("microsoft-email", "oid")]
    public async Task A_probe_signs_in_at_both_servers_with_the_token(string connector, string basis)
    {
        await using var mailbox = Connect(connector: connector);
        var probe = await mailbox.Probe();
        Assert.Null(probe.Failure?.Message);
        Assert.Equal(new AccountIdentity(basis, "account-1"), Assert.Single(probe.Identities));
        Assert.Equal(new Account("account-1", "ann@mail.test", basis), probe.Account);
        Assert.Equal(["resolve", "connect", "tls", "signIn", "resolve", "connect", "tls", "signIn", "identify"], probe.Steps.Select(s => s.Name));
        Assert.Equal($"AUTHENTICATE XOAUTH2 {Sent(First)}", Assert.Single(Imap.Commands, IsSignIn));
        Assert.Equal($"AUTH XOAUTH2 {Sent(First)}", Assert.Single(Smtp.Commands, IsSignIn));
    }

    [Fact]
    public async Task A_shared_mailbox_is_opened_with_the_token_of_its_reader()
    {
        await using var mailbox = Connect(connector: "microsoft-email");
        mailbox.Settings["mailbox"] = "Desk@mail.test";
        Assert.Equal(new AccountIdentity("address", "desk@mail.test"), Assert.Single((await mailbox.Probe()).Identities));
        Assert.Equal($"AUTH XOAUTH2 {Sent(First, "Desk@mail.test")}", Assert.Single(Smtp.Commands, IsSignIn));
        await mailbox.Done("send-email", Mail);
        Assert.StartsWith("MAIL FROM:<Desk@mail.test>", Assert.Single(Smtp.Commands, c => c.StartsWith("MAIL", StringComparison.Ordinal)), StringComparison.Ordinal);
        mailbox.Settings["senderAddress"] = "ann@mail.test";
        await mailbox.Done("send-email", Mail);
        Assert.Contains(Smtp.Commands, c => c.StartsWith("MAIL FROM:<ann@mail.test>", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_sign_in_without_an_address_needs_the_setting()
    {
        await using var mailbox = Connect(new HandedTokens(First), "microsoft-email");
        var failed = await mailbox.Fails("search-emails", new { });
        Assert.Equal(FailureKind.InvalidInput, failed.Kind);
        Assert.Contains("mailbox", failed.Message, StringComparison.Ordinal);
        mailbox.Settings["mailbox"] = "ann@mail.test";
        await mailbox.Done("search-emails", new { });
    }

    [Theory]
    [InlineData("\u0161ales@mail.test")]
    [InlineData("a\u0101nn@mail.test")]
    [InlineData("ann ann@mail.test")]
    public async Task A_user_name_that_XOAUTH2_cannot_carry_is_not_sent(string user)
    {
        await using var mailbox = Connect(connector: "microsoft-email");
        mailbox.Settings["mailbox"] = user;
        Assert.Equal(FailureKind.InvalidInput, (await mailbox.Fails("search-emails", new { })).Kind);
        Assert.DoesNotContain(Imap.Commands, IsSignIn);
    }

    [Fact]
    public async Task A_mailbox_that_may_not_send_is_connected_for_reading()
    {
        Smtp.Reply = c => c == "AUTH" ? "535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the Mailbox\r\n" : null;
        await using var mailbox = Connect(connector: "microsoft-email");
        var probe = await mailbox.Probe();
        Assert.Null(probe.Failure);
        Assert.Equal(["resolve", "connect", "tls", "signIn", "resolve", "connect", "tls", "signIn", "identify"], probe.Steps.Select(s => s.Name));
        Assert.Equal("skipped", probe.Steps[^2].Outcome);
        Assert.Contains("cannot send", probe.Steps[^2].Message, StringComparison.Ordinal);
        await mailbox.Done("search-emails", new { });
        Assert.Equal(FailureKind.Forbidden, (await mailbox.Fails("send-email", Mail)).Kind);
    }

    [Fact]
    public async Task A_server_that_does_not_offer_XOAUTH2_gets_no_token()
    {
        Imap.Capabilities = "IMAP4rev1 AUTH=PLAIN";
        Smtp.ExtraOffers = [];
        await using var mailbox = Connect();
        foreach (var failed in new[] { await mailbox.Fails("list-folders", new { }), await mailbox.Fails("send-email", Mail) })
        {
            Assert.Equal(FailureKind.Unavailable, failed.Kind);
            Assert.Contains("XOAUTH2", failed.Message, StringComparison.Ordinal);
        }

        Assert.DoesNotContain(Imap.Commands.Concat(Smtp.Commands), IsSignIn);
    }

    [Theory]
    [InlineData(First)]
    [InlineData("t0k")]
    public async Task No_token_reaches_failures_steps_or_logs(string token)
    {
        var form = Sent(token);
        Imap.Answer = c => c is "AUTHENTICATE" ? $"{{tag}} NO {token.Length} auth=Bearer {token} {form}\r\n" : null;
        Smtp.Reply = c => c is "AUTH" or "MAIL" ? $"550 5.7.1 auth=Bearer {token} {form}\r\n" : null;
        var texts = new List<string>();
        await using var mailbox = Connect(Hand(token, token));
        var probe = await mailbox.Probe(use: mailbox.Use() with { Steps = new Progress(texts) });
        texts.AddRange([probe.Failure!.ToString(), .. probe.Steps.Select(s => s.ToString())]);
        Imap.Answer = _ => null;
        probe = await mailbox.Probe(use: mailbox.Use() with { Steps = new Progress(texts) }, byPerson: true);
        texts.AddRange([probe.Failure!.ToString(), .. probe.Steps.Select(s => s.ToString())]);
        Smtp.Reply = c => c is "MAIL" ? $"550 5.7.1 auth=Bearer {token} {form}\r\n" : null;
        await using var other = Connect(Hand(token, token));
        texts.Add((await other.Fails("send-email", Mail)).ToString());
        Assert.Contains(texts, t => t.Contains("***", StringComparison.Ordinal));
        Assert.DoesNotContain(
            texts.Concat(mailbox.Logs.Lines).Concat(other.Logs.Lines),
            t => t.Contains(token, StringComparison.Ordinal) || t.Contains(form[20..40], StringComparison.Ordinal));
    }

    private sealed class Progress(List<string> texts) : IProgress<ProbeStep>
    {
        public void Report(ProbeStep value) => texts.Add(value.ToString());
    }
}
