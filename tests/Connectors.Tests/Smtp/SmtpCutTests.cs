using Connections.Connectors;
using Connections.Domain;
using Connectors.Tests.MailServers;

namespace Connectors.Tests.Smtp;

/// <summary>The server is killed, or the network cut, at each step of a dialogue. No email is sent twice, and none is lost without a word.</summary>
public sealed class SmtpCutTests
{
    private static readonly object Mail = new { to = new[] { "bob@example.com" }, subject = "s", text = new string('x', 200_000) };
    private static readonly string[] Before = ["GREETING", "EHLO", "AUTH", "MAIL", "RCPT", "DATA", "MAIL-BODY"];

    public static TheoryData<string> Commands => [.. Before];

    [Theory]
    [MemberData(nameof(Commands))]
    public Task Before_the_end_of_the_email_it_is_sent_again_and_arrives_once(string command) => InEachWay(async (afterReply, reset) =>
    {
        using var server = new ScriptedSmtp { CutAt = command, CutAfterReply = afterReply, Reset = reset };
        await using var mailbox = new TestMailbox("smtp", server.Port);
        await mailbox.Done("send-email", Email(mailbox, command));
        Assert.Single(server.Mails);
        Assert.Equal(2, server.Connections);
    });

    [Theory]
    [MemberData(nameof(Commands))]
    public Task Before_the_end_of_the_email_a_lasting_failure_says_that_nothing_was_sent(string command) => InEachWay(async (afterReply, reset) =>
    {
        using var server = new ScriptedSmtp { CutAt = command, CutAfterReply = afterReply, Reset = reset, Cuts = int.MaxValue };
        await using var mailbox = new TestMailbox("smtp", server.Port);
        var failed = await mailbox.Fails("send-email", Email(mailbox, command), TimeSpan.FromSeconds(3.9));
        Assert.Equal((FailureKind.Unavailable, Delivered.No), (failed.Kind, failed.Delivered));
        Assert.Empty(server.Mails);
    });

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task After_the_end_of_the_email_the_outcome_is_unknown_and_nothing_is_repeated(bool reset)
    {
        using var server = new ScriptedSmtp { CutAt = ".", Reset = reset };
        await using var mailbox = new TestMailbox("smtp", server.Port);
        var failed = await mailbox.Fails("send-email", Mail);
        Assert.Equal((FailureKind.Unavailable, Delivered.Maybe), (failed.Kind, failed.Delivered));
        Assert.Single(server.Mails);
        Assert.Equal(1, server.Connections);
    }

    [Fact]
    public async Task An_email_that_the_server_asked_for_early_is_not_sent_again_after_its_end()
    {
        var began = false;
        using var server = new ScriptedSmtp { CutAt = ".", Cuts = 10 };
        server.Reply = c => c.StartsWith("RCPT", StringComparison.Ordinal) ? "250 ok\r\n354 go on\r\n" : (began |= c == "DATA") ? "" : null;
        await using var mailbox = new TestMailbox("smtp", server.Port);
        var failed = await mailbox.Fails("send-email", Mail, TimeSpan.FromSeconds(4));
        Assert.Equal((Delivered.Maybe, 1), (failed.Delivered, server.Connections));
    }

    [Theory]
    [InlineData(".", true)]
    [InlineData("QUIT", false)]
    [InlineData("QUIT", true)]
    public async Task After_the_servers_consent_the_email_is_sent_whatever_follows(string command, bool afterReply)
    {
        using var server = new ScriptedSmtp { CutAt = command, CutAfterReply = afterReply, Reset = true };
        await using var mailbox = new TestMailbox("smtp", server.Port);
        var result = await mailbox.Run("send-email", Mail);
        // A reset may discard the reply that was on its way. Then the outcome is unknown, and never wrong.
        if (result is ConnectorResult.Failed failed) Assert.Equal((".", Delivered.Maybe), (command, failed.Delivered));
        Assert.Single(server.Mails);
        Assert.Equal(1, server.Connections);
    }

    [Theory]
    [InlineData("AUTH", Delivered.No)]
    [InlineData("DATA", Delivered.No)]
    [InlineData(".", Delivered.Maybe)]
    public async Task Silence_is_a_timeout_that_says_what_was_sent(string command, Delivered delivered)
    {
        var silent = new TaskCompletionSource();
        using var server = new ScriptedSmtp { Reply = c => c.Split(' ')[0] == command ? Wait(silent) : null };
        await using var mailbox = new TestMailbox("smtp", server.Port);
        var failed = await mailbox.Fails("send-email", Mail, TimeSpan.FromSeconds(1));
        Assert.Equal((FailureKind.Timeout, delivered), (failed.Kind, failed.Delivered));
        silent.SetResult();
    }

    private static Task InEachWay(Func<bool, bool, Task> test) =>
        Task.WhenAll(test(false, false), test(false, true), test(true, false), test(true, true));

    // An email that fits into the buffers of the sockets is sent whole before this side learns that the other side is gone.
    private static object Email(TestMailbox mailbox, string command) => command is "DATA" or "MAIL-BODY"
        ? new
        {
            to = new[] { "bob@example.com" },
            subject = "s",
            text = "t",
            attachments = new[] { new { file = new { id = mailbox.Files.Add("large", "application/octet-stream", new byte[12_000_000]) } } }
        }
        : Mail;

    private static string Wait(TaskCompletionSource silent)
    {
        silent.Task.Wait(TimeSpan.FromSeconds(20));
        return "";
    }
}
