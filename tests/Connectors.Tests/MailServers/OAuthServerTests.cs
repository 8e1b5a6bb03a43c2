using Connections.Domain;
using Connectors.Tests.OAuth;
using TestServers;
using static Connectors.Tests.Imap.Emails;

namespace Connectors.Tests.MailServers;

/// <summary>Signs in with access tokens at real servers, and at addresses that an operator has replaced.</summary>
public sealed class OAuthServerTests(MailServerFixture fixture)
{
    [Theory]
    [InlineData("google-email")]
    [InlineData("microsoft-email")]
    public async Task An_email_is_sent_found_and_read(string connector)
    {
        var (server, user) = await fixture.Start();
        await using var mailbox = Connect(server, connector, user, server.AddToken(user));
        Assert.Null((await mailbox.Probe()).Failure?.Message);
        mailbox.Settings["senderName"] = "Änn";
        await mailbox.Done("send-email", new { to = new[] { user }, subject = "Grüße", text = "Hello" });
        await Eventually.Holds(() => server.Mails(user).Count == 1, "the email arrives");
        var mail = await mailbox.Done("read-email", new { id = await Only(mailbox) });
        Assert.Equal(("Grüße", "Hello"), (Text(mail, "subject"), Text(mail, "text").Trim()));
        Assert.Contains(user, Text(mail, "from"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_rejected_token_is_refreshed_once_and_one_that_cannot_be_checked_is_not()
    {
        var (server, user) = await fixture.Start();
        var sending = new { to = new[] { user }, subject = "s", text = "t" };
        await using (var mailbox = Connect(server, "google-email", user, "canary-ended", server.AddToken(user)))
            await mailbox.Done("send-email", sending);
        await using (var mailbox = Connect(server, "google-email", user, "canary-ended", server.AddToken(user)))
            await mailbox.Done("search-emails", new { });
        foreach (var (activity, input) in new (string, object)[] { ("send-email", sending), ("list-folders", new { }) })
        {
            await using var ended = Connect(server, "google-email", user, "canary-one", "canary-two");
            Assert.Equal(FailureKind.ReauthRequired, (await ended.Fails(activity, input)).Kind);
            await using var other = Connect(server, "google-email", user, server.AddToken("another-" + user), "canary-two");
            Assert.Equal(FailureKind.ReauthRequired, (await other.Fails(activity, input)).Kind);
        }

        await using var unknown = Connect(server, "google-email", user, server.AddTokenOutage(), "canary-two");
        Assert.Equal(FailureKind.Unavailable, (await unknown.Fails("list-folders", new { })).Kind);
    }

    [Theory]
    [InlineData("Imap", "https://mail.test", "imaps://host:port")]
    [InlineData("Imap", "imaps://mail.test", "imaps://host:port")]
    [InlineData("Smtp", "imaps://mail.test:993", "smtps://host:port")]
    [InlineData("Smtp", "mail.test", "smtps://host:port")]
    [InlineData("CaFile", "/no/such/file", "/no/such/file")]
    [InlineData("CaFile", "no certificate", "CaFile")]
    [InlineData("ClientId", "", "application")]
    public async Task A_mistake_of_the_operator_is_named(string key, string value, string expected)
    {
        if (value == "no certificate")
        {
            value = typeof(OAuthServerTests).Assembly.Location;
        }

        await using var mailbox = new TestMailbox("google-email", 0, configuration: new()
        {
            ["OAuth:google-email:ClientId"] = "client-1",
            [$"OAuth:google-email:{key}"] = value
        });
        var use = mailbox.Use() with { Tokens = new HandedTokens("canary-token") { Kept = new Dictionary<string, string> { ["user"] = "ann@mail.test" } } };
        var failed = (await mailbox.Probe(use: use)).Failure!;
        Assert.Equal(FailureKind.Operator, failed.Kind);
        Assert.Contains(expected, failed.Message, StringComparison.Ordinal);
    }

    private static TestMailbox Connect(MailServer server, string connector, string user, params string[] tokens) => TestMailbox.OAuth(
        connector, $"s://{ScriptedServer.Host}:{server.ImapPort}",
        connector == "google-email" ? $"s://{ScriptedServer.Host}:{server.SmtpPort}" : $"://{ScriptedServer.Host}:{server.SmtpStartTlsPort}",
        new HandedTokens(tokens) { Kept = new Dictionary<string, string> { ["user"] = user, ["account"] = "account-1" } },
        server.Certificates.AuthorityPem);
}
