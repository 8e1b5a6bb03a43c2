using System.Text;
using Connections.Connectors.Imap;
using Connections.Connectors.MailServers;

namespace Connectors.Tests.Imap;

/// <summary>The guard takes what servers send, and no form that the library may split into other lines and values.</summary>
public sealed class ImapGuardTests
{
    private const string Command = "A00000005 UID FETCH 42 (UID ENVELOPE)\r\n";
    private const string Stream = "A00000005 UID FETCH 42 (BODY.PEEK[1]<0.262144>)\r\n";

    [Theory]
    [InlineData("* 1 FETCH (UID 42 ENVELOPE (NIL {5}\r\n((\"\"( NIL))\r\n")]
    [InlineData("* 1 FETCH (UID 42 ENVELOPE (NIL \"a \\\" {5} (\" NIL))\r\n")]
    [InlineData("* LIST (\\HasNoChildren) \"/\" {3}\r\na\"b\r\n")]
    [InlineData("* STATUS {3}\r\na\"b (MESSAGES 1)\r\n")]
    [InlineData("* LIST () \"/\" \"{5}\"\r\n")]
    [InlineData("* OK [PERMANENTFLAGS (\\Answered \\Seen \\*)] Flags permitted.\r\n")]
    [InlineData("* OK The service is ready. [TQBOADIA=]\r\n")]
    [InlineData("* OK a screen of 5\" {wide}\r\n")]
    [InlineData("A00000005 NO [NONEXISTENT] There is no folder \"a\" {3fa85f64-5717}\r\n")]
    [InlineData("* NAMESPACE ((\"\" \"/\")) NIL NIL\r\n* ID (\"name\" \"x\")\r\n* 1 EXISTS\r\n* SEARCH\r\n* SEARCH 1 2 3\r\n")]
    public void What_servers_send_is_taken(string sent) => Receive(Command, sent);

    [Theory]
    [InlineData("+ x {5}\r\n")]
    [InlineData("* OK x {5}\r\n")]
    [InlineData("*  OK x\r\n")]
    [InlineData("*\r SEARCH 1\r\n")]
    [InlineData(" * 1 FETCH (UID 42)\r\n")]
    [InlineData("\r* ESEARCH UID ALL 1:9\r\n")]
    [InlineData("* esearch UID ALL 1:9\r\n")]
    [InlineData("* 1 FETCH (BODY[] {1} \r\n")]
    [InlineData("* 1 FETCH (BODY[] {1+}\r\n")]
    [InlineData("* 1 FETCH (BODY[] {{1}\r\n")]
    [InlineData("* 1 FETCH (BODY[] {1\r\n")]
    [InlineData("* 1 FETCH (BODY[] {1\n")]
    [InlineData("* 1 FETCH (BODY[] {}\r\n")]
    [InlineData("* 1 FETCH (UID 42 ENVELOPE (\"a\r\n")]
    [InlineData("* 1  FETCH (BODY[] {1}\r\n")]
    [InlineData("* NAMESPACE ((\"a\r\n")]
    [InlineData("* CAPABILITY {1} x\r\n")]
    [InlineData("* OK [X \"\r\n")]
    [InlineData("* OK  [X \"\r\n")]
    [InlineData("* OK[X \"\r\n")]
    [InlineData("* OK \"\r\n")]
    [InlineData("* OK {1} x\r\n")]
    [InlineData("* OK [X {1} y\r\n")]
    [InlineData("* OK [X \"]\" {1} y] z\r\n")]
    [InlineData("A00000005 NO [X {1} y\r\n")]
    [InlineData("A00000005 MAYBE\r\n")]
    [InlineData("+ go on\r\n")]
    public void A_form_that_may_be_split_in_two_ways_is_refused(string sent)
    {
        Assert.Throws<MailLimitException>(() => Receive(Command, sent));
        Assert.Throws<MailLimitException>(() => Receive(Stream, sent));
    }

    [Fact]
    public void Open_brackets_are_counted_also_in_texts_but_not_in_the_content_of_a_part()
    {
        var open = new string('(', 1_001);
        Assert.Throws<MailLimitException>(() => Receive(Command, $"* 1 FETCH (UID 42 ENVELOPE (\"{open}\"))\r\n"));
        Assert.Throws<MailLimitException>(() => Receive(Command, $"* 1 FETCH (UID 42 BODY[1]<0> {{{open.Length}}}\r\n{open})\r\n"));
        Assert.Throws<MailLimitException>(() => Receive(Stream, $"* 1 FETCH (UID 42 X \"{open}\")\r\n"));
        Receive(Stream, $"* 1 FETCH (UID 42 BODY[1]<0> {{{open.Length}}}\r\n{open})\r\n");
        Receive(Command, string.Concat(Enumerable.Repeat("* 1 FETCH (UID 42 ENVELOPE (\":-( (\"))\r\n", 400)));
    }

    [Fact]
    public void A_command_is_continued_once_for_each_announced_value()
    {
        var guard = SignedIn("A00000005 UID SEARCH TEXT {5}\r\n");
        Send(guard, "+ go on\r\n");
        guard.Sends("ab{1}\r\n"u8);
        Send(guard, "+ go on\r\n");
        guard.Sends("x\r\n"u8);
        Assert.Throws<MailLimitException>(() => Send(guard, "+ go on\r\n"));
    }

    [Fact]
    public void Requests_for_more_do_not_renew_the_limit_of_the_sign_in()
    {
        var guard = new ImapGuard();
        guard.Sends("A00000001 AUTHENTICATE PLAIN\r\n"u8);
        Assert.Throws<MailLimitException>(() =>
        {
            for (var i = 0; i < 10_000; i++)
            {
                Send(guard, "+ more\r\n+ more\r\n");
                guard.Sends("\r\n"u8);
                guard.Sends("AGFubgBwdw==\r\n"u8);
            }
        });
    }

    private static void Receive(string command, string sent) => Send(SignedIn(command), sent);

    private static ImapGuard SignedIn(string command)
    {
        var guard = new ImapGuard();
        guard.SignedIn();
        guard.Sends(Encoding.ASCII.GetBytes(command));
        return guard;
    }

    private static void Send(ImapGuard guard, string sent) => guard.Received(Encoding.ASCII.GetBytes(sent));
}
