using System.Text.Json;
using Connections.Domain;
using Connectors.Tests.MailServers;

namespace Connectors.Tests.Imap;

public sealed class ImapTests
{
    [Theory]
    [InlineData("tls")]
    [InlineData("starttls")]
    public async Task A_probe_returns_its_steps_and_the_account(string security)
    {
        using var server = new ScriptedImap(tls: security == "tls");
        await using var mailbox = new TestMailbox("imap", server.Port, security: security);
        var probe = await mailbox.Probe();
        Assert.Null(probe.Failure?.Message);
        Assert.Equal(["resolve", "connect", "tls", "signIn", "identify"], probe.Steps.Select(s => s.Name));
        Assert.Equal("""["mail.test","ann@mail.test"]""", Assert.Single(probe.Identities).Value);
        if (security == "starttls") Assert.Equal(["STARTTLS", "CAPABILITY"], server.Commands.Take(2));
    }

    [Fact]
    public async Task Exchange_names_the_delay_when_it_throttles()
    {
        using var server = new ScriptedImap { Answer = c => c == "UID SEARCH" ? "{tag} BAD Request is throttled. Suggested Backoff Time: 299838 milliseconds\r\n" : null };
        await using var mailbox = new TestMailbox("imap", server.Port);
        var failed = await mailbox.Fails("search-emails", new { });
        Assert.Equal((FailureKind.Throttled, TimeSpan.FromMilliseconds(299838)), (failed.Kind, failed.RetryAfter));
    }

    [Theory]
    [InlineData("GREETING")]
    [InlineData("AUTHENTICATE")]
    [InlineData("NAMESPACE")]
    [InlineData("EXAMINE")]
    [InlineData("UID SEARCH")]
    [InlineData("UID FETCH")]
    public async Task A_goodbye_in_the_middle_is_repeated_where_that_is_harmless(string command)
    {
        var once = 0;
        using var server = new ScriptedImap { Answer = c => c == command && Interlocked.Increment(ref once) == 1 ? "* BYE shutting down\r\n" : null };
        await using var mailbox = new TestMailbox("imap", server.Port);
        Assert.Single((await mailbox.Done("search-emails", new { })).GetProperty("messages").EnumerateArray());
        Assert.Equal(2, server.Connections);
    }

    [Theory]
    [InlineData("UID MOVE", Delivered.Maybe)]
    [InlineData("SELECT", Delivered.No)]
    [InlineData("UID FETCH", Delivered.No)]
    public async Task A_move_that_breaks_is_not_repeated_once_it_may_have_happened(string command, Delivered delivered)
    {
        using var server = new ScriptedImap { Answer = c => c == command ? "* BYE shutting down\r\n" : null };
        await using var mailbox = new TestMailbox("imap", server.Port);
        var failed = await mailbox.Fails("move-email", new { id = ScriptedImap.Id, folder = "Sent" }, TimeSpan.FromSeconds(3.9));
        Assert.Equal((FailureKind.Unavailable, delivered), (failed.Kind, failed.Delivered));
        Assert.Equal(1, server.Connections);
    }

    [Fact]
    public async Task A_server_without_UTF_8_is_asked_in_ASCII()
    {
        using var server = new ScriptedImap();
        server.Answer = c => c == "UID SEARCH" && server.Commands.Last().Contains("CHARSET UTF-8", StringComparison.Ordinal)
            ? "{tag} NO [BADCHARSET (US-ASCII)] no\r\n" : null;
        await using var mailbox = new TestMailbox("imap", server.Port);
        Assert.Single((await mailbox.Done("search-emails", new { subject = "Grüße" })).GetProperty("messages").EnumerateArray());
        Assert.Equal(2, server.Commands.Count(c => c.StartsWith("UID SEARCH", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_search_among_100000_emails_fetches_only_what_it_returns()
    {
        using var server = new ScriptedImap { Found = string.Join(' ', Enumerable.Range(1_000_000, 100_000).Append(42)) };
        await using var mailbox = new TestMailbox("imap", server.Port);
        await mailbox.Done("search-emails", new { limit = 5 }, TimeSpan.FromSeconds(10));
        Assert.Contains("1099999:1099995", server.Commands.Single(c => c.StartsWith("UID FETCH", StringComparison.Ordinal)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_email_with_brackets_in_any_number_spoils_no_search()
    {
        var brackets = new string('(', 3_000);
        using var server = new ScriptedImap { Fields = $"From: \"{brackets}\" <bob@example.com>\r\nTo: {brackets}\r\nSubject: {brackets}" };
        await using var mailbox = new TestMailbox("imap", server.Port);
        var found = Assert.Single((await mailbox.Done("search-emails", new { })).GetProperty("messages").EnumerateArray());
        Assert.StartsWith("(((", found.GetProperty("subject").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_attachment_of_1_GB_is_not_fetched_by_reading()
    {
        using var server = new ScriptedImap
        {
            Structure = """
                (("text" "plain" ("charset" "utf-8") NIL NIL "7bit" 5 1 NIL NIL NIL NIL)("application" "zip" ("name" "big.zip") NIL NIL "base64" 1500000000 NIL ("attachment" ("filename" "big.zip")) NIL NIL) "mixed" ("boundary" "b") NIL NIL NIL)
                """.Trim()
        };
        await using var mailbox = new TestMailbox("imap", server.Port);
        var mail = await mailbox.Done("read-email", new { id = ScriptedImap.Id });
        Assert.Equal("Hello", mail.GetProperty("text").GetString());
        Assert.InRange(mail.GetProperty("attachments")[0].GetProperty("size").GetInt64(), 1_000_000_000, 1_200_000_000);
        Assert.Equal("""{"id":"2","name":"big.zip"}""", JsonSerializer.Serialize(mail.GetProperty("vendor").GetProperty("attachments")[0]));
        Assert.DoesNotContain(server.Commands, c => c.Contains("[2]", StringComparison.Ordinal));
        Assert.All(server.Commands.Where(c => c.Contains("BODY", StringComparison.Ordinal) && !c.Contains("BODYSTRUCTURE", StringComparison.Ordinal)),
            c => Assert.Contains("BODY.PEEK[1]<0.", c, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_changed_UIDVALIDITY_ends_the_id()
    {
        using var server = new ScriptedImap { Validity = 8 };
        await using var mailbox = new TestMailbox("imap", server.Port);
        foreach (var (activity, input) in new (string, object)[]
        {
            ("read-email", new { id = ScriptedImap.Id }), ("mark-email", new { id = ScriptedImap.Id, read = true }),
            ("move-email", new { id = ScriptedImap.Id, folder = "Sent" }), ("fetch-attachment", new { id = ScriptedImap.Id, attachment = "1" })
        })
        {
            var failed = await mailbox.Fails(activity, input);
            Assert.Equal((FailureKind.NotFound, Delivered.No), (failed.Kind, failed.Delivered));
            Assert.Contains("Search again", failed.Message, StringComparison.Ordinal);
        }

        Assert.DoesNotContain(server.Commands, c => c.StartsWith("UID STORE", StringComparison.Ordinal) || c.StartsWith("UID MOVE", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("IMAP4rev1 LOGINDISABLED", FailureKind.Unavailable)]
    [InlineData("IMAP4rev1", null)]
    [InlineData("IMAP4rev1 AUTH=CRAM-MD5", null)]
    public async Task A_server_without_PLAIN_gets_the_LOGIN_command_once(string capabilities, FailureKind? kind)
    {
        using var server = new ScriptedImap { Capabilities = capabilities };
        await using var mailbox = new TestMailbox("imap", server.Port);
        Assert.Equal(kind, (await mailbox.Probe()).Failure?.Kind);
        Assert.Equal(kind is null ? 1 : 0, server.Commands.Count(c => c.StartsWith("LOGIN", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_server_that_can_only_remove_all_deleted_emails_moves_none()
    {
        using var server = new ScriptedImap { Capabilities = "IMAP4rev1 AUTH=PLAIN" };
        await using var mailbox = new TestMailbox("imap", server.Port);
        Assert.Equal(FailureKind.InvalidInput, (await mailbox.Fails("move-email", new { id = ScriptedImap.Id, folder = "Sent" })).Kind);
    }

    [Fact]
    public async Task No_secret_reaches_messages_or_logs()
    {
        using var server = new ScriptedImap { Answer = c => c == "EXAMINE" ? $"{{tag}} NO [NOPERM] {TestMailbox.Password}\r\n" : null };
        await using var mailbox = new TestMailbox("imap", server.Port);
        var failed = (await mailbox.Fails("search-emails", new { })).ToString();
        Assert.Contains("***", failed, StringComparison.Ordinal);
        Assert.DoesNotContain(mailbox.Logs.Lines.Append(failed), t => t.Contains(TestMailbox.Password, StringComparison.Ordinal));
    }
}
