using System.Buffers.Text;
using System.Text;
using Connections.Connectors;
using Connections.Connectors.Mail;
using Connections.Domain;
using Connectors.Tests.MailServers;
using EventSourcing;

namespace Connectors.Tests.Imap;

public sealed class ImapLimitTests
{
    [Theory]
    [InlineData("* SEARCH 42", null)]
    [InlineData("* ESEARCH (TAG \"A\") UID ALL 1:1000000000", FailureKind.Unavailable)]
    public async Task A_search_stays_plain_if_the_server_offers_an_extended_one_late(string found, FailureKind? kind)
    {
        using var server = new ScriptedImap
        {
            Answer = c => c switch
            {
                "EXAMINE" => "* CAPABILITY IMAP4rev1 ESEARCH\r\n* 1 EXISTS\r\n* OK [UIDVALIDITY 7] ok\r\n{tag} OK [READ-ONLY] done\r\n",
                "UID SEARCH" => $"{found}\r\n{{tag}} OK done\r\n",
                _ => null
            }
        };
        await using var mailbox = new TestMailbox("imap", server.Port);
        var failure = await mailbox.Run("search-emails", new { }, TimeSpan.FromSeconds(3.9)) as ConnectorResult.Failed;
        Assert.Equal(kind, failure?.Kind);
        Assert.DoesNotContain(server.Commands, c => c.Contains("RETURN", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_short_password_is_masked_in_a_repeated_sign_in()
    {
        var sent = Convert.ToBase64String("\0ann@mail.test\0pw1"u8);
        using var server = new ScriptedImap { Answer = c => c == "AUTHENTICATE" ? $"{{tag}} NO what is {sent}\r\n" : null };
        await using var mailbox = new TestMailbox("imap", server.Port);
        var probe = await mailbox.Probe(use: mailbox.Use("pw1"));
        Assert.Contains("what is ***", probe.Failure!.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(probe.Steps, s => s.ToString().Contains(sent, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_folder_with_a_long_name_has_emails_with_usable_ids()
    {
        var id = $"{Base64Url.EncodeToString(Encoding.UTF8.GetBytes(new string('夢', 500)))}.4294967295.4294967295";
        using var server = new ScriptedImap();
        await using var mailbox = new TestMailbox("imap", server.Port);
        Assert.Equal(FailureKind.NotFound, (await mailbox.Fails("read-email", new { id })).Kind);
    }

    [Theory]
    [InlineData("file.store-full", FailureKind.Unavailable)]
    [InlineData("file.not-configured", FailureKind.Operator)]
    [InlineData("file.too-large", FailureKind.InvalidInput)]
    public void A_rejection_of_the_file_store_ends_as_its_kind(string code, FailureKind kind)
    {
        var failure = OpenAttachments.Failure(new RejectedException(code, "The reason."), ended: false)!;
        Assert.Equal((kind, Delivered.No), (failure.Kind, failure.Delivered));
    }
}
