using Connections.Domain;
using Connectors.Tests.MailServers;

namespace Connectors.Tests.Imap;

public sealed class ImapRefusalTests
{
    [Theory]
    [InlineData("AUTHENTICATE", "NO [AUTHENTICATIONFAILED] zebra", FailureKind.ReauthRequired)]
    [InlineData("AUTHENTICATE", "NO zebra", FailureKind.ReauthRequired)]
    [InlineData("AUTHENTICATE", "NO [EXPIRED] zebra", FailureKind.ReauthRequired)]
    [InlineData("AUTHENTICATE", "NO [ALERT] Application-specific password required zebra", FailureKind.ReauthRequired)]
    [InlineData("AUTHENTICATE", "NO [ALERT] Too many simultaneous connections. zebra", FailureKind.Throttled)]
    [InlineData("AUTHENTICATE", "NO [AUTHORIZATIONFAILED] zebra", FailureKind.Forbidden)]
    [InlineData("AUTHENTICATE", "NO [UNAVAILABLE] zebra", FailureKind.Unavailable)]
    [InlineData("AUTHENTICATE", "NO Server Unavailable. 15 zebra", FailureKind.Unavailable)]
    [InlineData("AUTHENTICATE", "NO Temporary authentication failure zebra", FailureKind.Unavailable)]
    [InlineData("AUTHENTICATE", "NO [ALERT] Please try again later zebra", FailureKind.Unavailable)]
    [InlineData("AUTHENTICATE", "NO [AUTHENTICATIONFAILED] The password was temporary zebra", FailureKind.ReauthRequired)]
    [InlineData("AUTHENTICATE", "NO [SERVERBUG] zebra", FailureKind.Unavailable)]
    [InlineData("AUTHENTICATE", "NO [INUSE] zebra", FailureKind.Unavailable)]
    [InlineData("AUTHENTICATE", "NO [LIMIT] zebra", FailureKind.Throttled)]
    [InlineData("AUTHENTICATE", "BAD zebra", FailureKind.Unavailable)]
    [InlineData("EXAMINE", "NO [NONEXISTENT] zebra", FailureKind.NotFound)]
    [InlineData("EXAMINE", "NO [TRYCREATE] zebra", FailureKind.NotFound)]
    [InlineData("EXAMINE", "NO Mailbox does not exist zebra", FailureKind.NotFound)]
    [InlineData("EXAMINE", "NO [NOPERM] zebra", FailureKind.Forbidden)]
    [InlineData("EXAMINE", "BAD User is authenticated but not connected. zebra", FailureKind.Forbidden)]
    [InlineData("UID SEARCH", "NO [OVERQUOTA] zebra", FailureKind.Throttled)]
    [InlineData("UID SEARCH", "NO [THROTTLED] zebra", FailureKind.Throttled)]
    [InlineData("UID SEARCH", "NO [CANNOT] zebra", FailureKind.InvalidInput)]
    [InlineData("UID SEARCH", "NO [UNAVAILABLE] zebra", FailureKind.Unavailable)]
    [InlineData("UID FETCH", "NO [SERVERBUG] zebra", FailureKind.Unavailable)]
    [InlineData("UID FETCH", "NO [AUTHENTICATIONFAILED] zebra", FailureKind.ReauthRequired)]
    public async Task A_refusal_ends_as_its_kind(string command, string refusal, FailureKind kind)
    {
        using var server = new ScriptedImap { Answer = c => c == command ? $"{{tag}} {refusal}\r\n" : null };
        await using var mailbox = new TestMailbox("imap", server.Port);
        var failed = await mailbox.Fails("search-emails", new { from = "bob" }, TimeSpan.FromSeconds(3.9));
        Assert.Equal((kind, Delivered.No, true), (failed.Kind, failed.Delivered, failed.Answered));
        Assert.Contains("zebra", failed.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("zebra", failed.Reason, StringComparison.Ordinal);
        Assert.Equal(1, server.Connections);
        server.Answer = _ => null;
        if (kind == FailureKind.ReauthRequired) Assert.False((await mailbox.Fails("search-emails", new { })).Attempted);
        else await mailbox.Done("search-emails", new { });
        Assert.Equal(kind == FailureKind.ReauthRequired ? 1 : 2, server.Commands.Count(c => c.StartsWith("AUTHENTICATE", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("UID STORE", "NO [EXPIRED] no", FailureKind.Unavailable)]
    [InlineData("UID STORE", "NO [NOPERM] no", FailureKind.Forbidden)]
    [InlineData("UID EXPUNGE", "NO no", FailureKind.InvalidInput)]
    public async Task A_move_that_is_refused_after_the_copy_is_in_doubt(string command, string refusal, FailureKind kind)
    {
        using var server = new ScriptedImap { Capabilities = "IMAP4rev1 SASL-IR AUTH=PLAIN NAMESPACE UIDPLUS" };
        server.Answer = c => c == command ? $"{{tag}} {refusal}\r\n" : null;
        await using var mailbox = new TestMailbox("imap", server.Port);
        var failed = await mailbox.Fails("move-email", new { id = ScriptedImap.Id, folder = "Sent" });
        Assert.Equal((kind, Delivered.Maybe), (failed.Kind, failed.Delivered));
        Assert.Single(server.Commands, c => c.StartsWith("UID COPY", StringComparison.Ordinal));
        server.Answer = _ => null;
        await mailbox.Done("search-emails", new { });
    }
}
