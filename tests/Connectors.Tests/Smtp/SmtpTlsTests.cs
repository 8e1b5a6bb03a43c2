using System.Text;
using Connections.Domain;
using Connectors.Tests.MailServers;

namespace Connectors.Tests.Smtp;

/// <summary>Nothing is sent before the connection is encrypted, and nothing that arrived before is believed.</summary>
public sealed class SmtpTlsTests
{
    [Fact]
    public async Task A_server_without_STARTTLS_gets_no_password()
    {
        using var server = new ScriptedSmtp(tls: false) { OffersStartTls = false };
        await using var mailbox = new TestMailbox("smtp", server.Port, security: "starttls");
        var probe = await mailbox.Probe();
        Assert.Equal(("tls", FailureKind.Unavailable), (probe.Steps[^1].Name, probe.Failure!.Kind));
        Assert.Contains("STARTTLS", probe.Failure.Message, StringComparison.Ordinal);
        Assert.Equal(["EHLO"], server.Verbs);
    }

    [Theory]
    [InlineData("454 4.7.0 TLS not available", FailureKind.Throttled)]
    [InlineData("502 5.5.1 not implemented", FailureKind.Unavailable)]
    [InlineData("not a reply", FailureKind.Unavailable)]
    public async Task A_refused_STARTTLS_ends_the_dialogue(string reply, FailureKind kind)
    {
        using var server = new ScriptedSmtp(tls: false) { Reply = c => c == "STARTTLS" ? reply + "\r\n" : null };
        await using var mailbox = new TestMailbox("smtp", server.Port, security: "starttls");
        var probe = await mailbox.Probe();
        Assert.Equal(("tls", kind, Delivered.No), (probe.Steps[^1].Name, probe.Failure!.Kind, probe.Failure.Delivered));
        Assert.Equal(["EHLO", "STARTTLS"], server.Verbs);
    }

    [Fact]
    public async Task What_was_inserted_behind_STARTTLS_is_rejected()
    {
        using var server = new ScriptedSmtp(tls: false) { InsertsAfterStartTls = true };
        await using var mailbox = new TestMailbox("smtp", server.Port, security: "starttls");
        var probe = await mailbox.Probe();
        Assert.Equal(("tls", FailureKind.Unavailable), (probe.Steps[^1].Name, probe.Failure!.Kind));
        Assert.Contains("inserted", probe.Failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("starttls", "554 5.7.1 no service", FailureKind.Operator)]
    [InlineData("starttls", "421 4.3.2 later", FailureKind.Unavailable)]
    public async Task A_greeting_that_refuses_ends_the_dialogue(string security, string reply, FailureKind kind)
    {
        using var server = new ScriptedSmtp(tls: false) { Reply = c => c == "GREETING" ? reply + "\r\n" : null };
        await using var mailbox = new TestMailbox("smtp", server.Port, security: security);
        Assert.Equal(kind, (await mailbox.Probe()).Failure!.Kind);
        Assert.Empty(server.Commands);
    }

    [Theory]
    [InlineData("tls")]
    [InlineData("starttls")]
    public async Task Another_name_is_rejected(string security)
    {
        using var server = new ScriptedSmtp(tls: security == "tls");
        await using var mailbox = new TestMailbox("smtp", server.Port, security: security);
        mailbox.Settings["host"] = "other.test";
        var probe = await mailbox.Probe();
        Assert.Equal(("tls", FailureKind.Unavailable), (probe.Steps[^1].Name, probe.Failure!.Kind));
        Assert.Contains("mail.test", probe.Failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("AUTH", server.Verbs);
    }

    [Theory]
    [InlineData("tls", true)]
    [InlineData("starttls", false)]
    public async Task The_wrong_kind_of_encryption_is_explained(string security, bool speaksPlain)
    {
        using var server = new ScriptedSmtp(tls: !speaksPlain);
        await using var mailbox = new TestMailbox("smtp", server.Port, security: security);
        var probe = await mailbox.Probe(TimeSpan.FromSeconds(2));
        Assert.Equal("tls", probe.Steps[^1].Name);
        Assert.Contains(probe.Failure!.Kind, new[] { FailureKind.Unavailable, FailureKind.Timeout });
        if (speaksPlain) Assert.Contains("starttls", probe.Failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_CA_certificate_that_is_none_is_said_so()
    {
        using var server = new ScriptedSmtp();
        await using var mailbox = new TestMailbox("smtp", server.Port, ca: "no certificate");
        Assert.Equal(FailureKind.InvalidInput, (await mailbox.Probe()).Failure!.Kind);
        Assert.Equal(0, server.Connections);
    }

    [Fact]
    public async Task The_password_crosses_the_network_encrypted_only()
    {
        using var server = new ScriptedSmtp(tls: false);
        await using var mailbox = new TestMailbox("smtp", server.Port, security: "starttls");
        Assert.Null((await mailbox.Probe()).Failure?.Message);
        var secret = Convert.ToBase64String(Encoding.UTF8.GetBytes($"\0{TestMailbox.User}\0{TestMailbox.Password}"));
        Assert.Equal(["EHLO", "STARTTLS", "EHLO", "AUTH"], server.Verbs.Take(4));
        Assert.Contains(secret, server.Commands.ElementAt(3), StringComparison.Ordinal);
    }
}
