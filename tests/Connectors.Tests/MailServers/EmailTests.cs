using System.Text.Json;
using Connections.Connectors;
using Connections.Domain;
using Connectors.Tests.Imap;
using Connectors.Tests.Smtp;
using TestServers;

namespace Connectors.Tests.MailServers;

public sealed class EmailTests : IAsyncDisposable
{
    private readonly ScriptedImap imap = new();
    private readonly ScriptedSmtp smtp = new();
    private readonly TestMailbox mailbox;

    public EmailTests() => mailbox = TestMailbox.Email(imap.Port, smtp.Port);

    public async ValueTask DisposeAsync()
    {
        await mailbox.DisposeAsync();
        imap.Dispose();
        smtp.Dispose();
    }

    [Fact]
    public async Task A_probe_signs_in_at_both_servers_and_names_the_mailbox_once()
    {
        var passed = new List<string>();
        var probe = await mailbox.Probe(use: mailbox.Use() with { Steps = new PassedSteps(passed) });
        Assert.Null(probe.Failure?.Message);
        string[] steps = ["resolve", "connect", "tls", "signIn", "resolve", "connect", "tls", "signIn", "identify"];
        Assert.Equal(steps, probe.Steps.Select(s => s.Name));
        Assert.Equal(steps, passed);
        Assert.Equal("""["mail.test","ann@mail.test"]""", Assert.Single(probe.Identities).Value);
        Assert.Equal((1, 1), (imap.Connections, smtp.Connections));
    }

    [Fact]
    public async Task Each_activity_goes_to_its_server()
    {
        var (reads, sends) = (imap.Connections, smtp.Connections);
        Assert.Single((await mailbox.Done("search-emails", new { from = "bob" })).GetProperty("messages").EnumerateArray());
        Assert.Equal((reads + 1, sends), (imap.Connections, smtp.Connections));
        await mailbox.Done("send-email", new { to = new[] { "bob@example.com" }, subject = "Grüße", text = "Hello" });
        Assert.Equal((reads + 1, sends + 1), (imap.Connections, smtp.Connections));
        Assert.Contains("From: =?utf-8?", Assert.Single(smtp.Mails), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_is_down_does_not_pause_the_calls_to_the_other_one()
    {
        await using var halved = TestMailbox.Email(imap.Port, Ports.Free());
        var mail = new { to = new[] { "bob@example.com" }, subject = "s", text = "t" };
        await Eventually.Holds(async () => !(await halved.Fails("send-email", mail)).Attempted, "the calls to the server that sends pause");
        await halved.Done("search-emails", new { });
    }

    [Fact]
    public async Task A_password_that_the_first_server_refuses_is_not_tried_at_the_other_one()
    {
        imap.Answer = c => c == "AUTHENTICATE" ? "{tag} NO [AUTHENTICATIONFAILED] wrong\r\n" : null;
        var probe = await mailbox.Probe();
        Assert.Equal((FailureKind.ReauthRequired, 0), (probe.Failure!.Kind, smtp.Connections));
        Assert.Equal(("signIn", "reauthRequired"), (probe.Steps[^1].Name, probe.Steps[^1].Outcome));
    }

    [Fact]
    public async Task A_refusal_of_the_second_server_is_the_result()
    {
        smtp.Reply = c => c.StartsWith("AUTH", StringComparison.Ordinal) ? "535 5.7.8 wrong\r\n" : null;
        var probe = await mailbox.Probe();
        Assert.Equal(FailureKind.ReauthRequired, probe.Failure!.Kind);
        Assert.Null(probe.Account);
        Assert.Equal(["resolve", "connect", "tls", "signIn", "resolve", "connect", "tls", "signIn"], probe.Steps.Select(s => s.Name));
    }

    [Fact]
    public void Each_setting_of_the_form_belongs_to_a_server_and_no_other_is_passed_on()
    {
        var connector = mailbox.Connector;
        Assert.Equal(
            ["imapHost", "imapPort", "imapSecurity", "smtpHost", "smtpPort", "smtpSecurity", "caCertificate", "senderAddress", "senderName"],
            connector.Entry.Settings.Select(f => f.Name));
        var settings = JsonSerializer.SerializeToElement(new { imapHost = "Mail.Test", smtpHost = "smtp.test", smtpSecurity = "starttls" });
        Assert.Equal("imap://mail.test:993 smtp://smtp.test:587", connector.Target(settings));
        Assert.True(connector.Repeatable("search-emails", default, settings));
        Assert.False(connector.Repeatable("move-email", default, settings));
        Assert.False(connector.Repeatable("send-email", default, settings));
    }

    private sealed class PassedSteps(List<string> names) : IProgress<ProbeStep>
    {
        public void Report(ProbeStep value) => names.Add(value.Name);
    }
}
