using Connections.Domain;
using Connectors.Tests.MailServers;

namespace Connectors.Tests.Imap;

/// <summary>Nothing is sent before the connection is encrypted, and nothing that arrived before is believed.</summary>
public sealed class ImapStartTlsTests
{
    [Theory]
    [InlineData("* PREAUTH you are somebody\r\n")]
    [InlineData("* BYE no\r\n")]
    [InlineData("hello\r\n")]
    public async Task Before_STARTTLS_only_a_plain_greeting_is_taken(string greeting)
    {
        using var server = new ScriptedImap(tls: false) { Answer = c => c == "GREETING" ? greeting : null };
        await using var mailbox = new TestMailbox("imap", server.Port, security: "starttls");
        var probe = await mailbox.Probe();
        Assert.Equal(("tls", FailureKind.Unavailable), (probe.Steps[^1].Name, probe.Failure!.Kind));
        Assert.Empty(server.Commands);
    }

    [Theory]
    [InlineData("{tag} NO not now\r\n")]
    [InlineData("{tag} OK go\r\n* OK inserted\r\n")]
    public async Task A_refused_or_inserted_STARTTLS_ends_the_dialogue(string answer)
    {
        using var server = new ScriptedImap(tls: false) { Answer = c => c == "STARTTLS" ? answer : null };
        await using var mailbox = new TestMailbox("imap", server.Port, security: "starttls");
        var probe = await mailbox.Probe();
        Assert.Equal(("tls", FailureKind.Unavailable), (probe.Steps[^1].Name, probe.Failure!.Kind));
        Assert.Equal(["STARTTLS"], server.Commands);
    }
}
