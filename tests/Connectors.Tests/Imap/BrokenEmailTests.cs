using Connections.Connectors;
using Connections.Domain;
using Connectors.Tests.MailServers;
using static Connectors.Tests.Imap.Emails;

namespace Connectors.Tests.Imap;

/// <summary>Emails that are not as they should be, in a real mailbox.</summary>
public sealed class BrokenEmailTests(MailServerFixture fixture)
{
    [Theory]
    [InlineData("a wrong charset", "Content-Type: text/plain; charset=utf-8\n\nGr\u00fc\u00dfe", "Grüße")]
    [InlineData("a charset of a code page", "Content-Type: text/plain; charset=windows-1252\n\n50 \u0080", "50 €")]
    [InlineData("an unknown charset", "Content-Type: text/plain; charset=x-nonsense\n\nHello", "Hello")]
    [InlineData("an unknown encoding", "Content-Type: text/plain\nContent-Transfer-Encoding: x-rot13\n\nHello", "Hello")]
    [InlineData("broken base64", "Content-Type: text/plain\nContent-Transfer-Encoding: base64\n\nSGVs*bG8=", "Hello")]
    [InlineData("a boundary that never comes", "Content-Type: multipart/mixed; boundary=b\n\nno part", null)]
    [InlineData("a boundary that never ends", "Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/plain\n\nHello", "Hello")]
    [InlineData("no boundary", "Content-Type: multipart/mixed\n\n--b\n\nHello", null)]
    [InlineData("a broken type", "Content-Type: ;;;\n\nHello", null)]
    [InlineData("no header", "\n", "")]
    [InlineData("headers without a colon", "this is no header\n\nHello", null)]
    public async Task A_broken_email_is_read_as_far_as_it_goes(string what, string mail, string? text)
    {
        var (server, _) = await fixture.Start();
        await using var mailbox = await fixture.Connect("tls");
        await server.Deliver(mailbox.UserName, mail);
        var read = await mailbox.Done("read-email", new { id = await Only(mailbox) });
        if (text is not null) Assert.Equal((what, text), (what, Text(read, "text").Trim()));
    }

    [Fact]
    public async Task An_email_of_many_parts_or_deep_ones_or_long_texts_is_bounded()
    {
        var (server, _) = await fixture.Start();
        await using var mailbox = await fixture.Connect("tls");
        var parts = string.Concat(Enumerable.Range(0, 10_000).Select(i => $"--b\nContent-Type: application/x; name=f{i}\n\nx\n"));
        await server.Deliver(mailbox.UserName, $"Subject: many\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n{parts}--b--\n");
        var deep = string.Concat(Enumerable.Range(0, 2_000).Select(i => $"Content-Type: multipart/mixed; boundary=b{i}\n\n--b{i}\n"));
        await server.Deliver(mailbox.UserName, $"Subject: deep\nMIME-Version: 1.0\n{deep}\n\nHello\n");
        await server.Deliver(mailbox.UserName, $"Subject: long\nContent-Type: text/plain\n\n{new string('x', 3_000_000)}\n");
        foreach (var mail in (await mailbox.Done("search-emails", new { })).GetProperty("messages").EnumerateArray())
        {
            var result = await mailbox.Run("read-email", new { id = Text(mail, "id") }, TimeSpan.FromSeconds(20));
            var read = (result as ConnectorResult.Done)?.Output;
            switch (Text(mail, "subject"))
            {
                case "many" when read is not null:
                    Assert.InRange(read.Value.GetProperty("attachments").GetArrayLength(), 1, 100);
                    break;
                case "long":
                    Assert.True(read!.Value.GetProperty("truncated").GetBoolean());
                    break;
                default:
                    if (result is ConnectorResult.Failed failed) Assert.Equal(FailureKind.InvalidInput, failed.Kind);
                    break;
            }
        }
    }

    [Theory]
    [InlineData(900)]
    [InlineData(1_500)]
    public async Task An_email_whose_name_has_too_many_brackets_is_named_as_the_cause(int brackets)
    {
        var (server, _) = await fixture.Start();
        await using var mailbox = await fixture.Connect("tls");
        await server.Deliver(mailbox.UserName, $"""
            Subject: brackets
            MIME-Version: 1.0
            Content-Type: application/x; name="{new string('(', brackets)}"

            x
            """);
        var id = await Only(mailbox);
        foreach (var (activity, input) in new (string, object)[] { ("read-email", new { id }), ("fetch-attachment", new { id, attachment = "1" }) })
        {
            var failed = await mailbox.Run(activity, input) as ConnectorResult.Failed;
            Assert.Equal(brackets > 1_000 ? FailureKind.InvalidInput : null, failed?.Kind);
            if (failed is null) continue;
            Assert.True(failed.Answered);
            Assert.Contains("brackets", failed.Message, StringComparison.Ordinal);
        }

        await mailbox.Done("mark-email", new { id, read = true });
    }
}
