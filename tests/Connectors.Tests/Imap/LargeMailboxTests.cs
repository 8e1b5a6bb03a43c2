using Connectors.Tests.MailServers;
using Connectors.Tests.Rogue;
using TestServers;
using static Connectors.Tests.Imap.Emails;

namespace Connectors.Tests.Imap;

/// <summary>A real inbox with very many emails.</summary>
[Collection(RogueServers.Name)]
public sealed class LargeMailboxTests(MailServerFixture fixture)
{
    private const int Emails = 100_000;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task A_search_among_a_hundred_thousand_emails_costs_little()
    {
        var (server, _) = await fixture.Start();
        var user = $"mbox-{Guid.CreateVersion7():n}@{MailServer.Domain}";
        await server.AddUser(user, TestMailbox.Password);
        await server.Fill(user, Emails);
        await using var mailbox = new TestMailbox("imap", server.ImapPort, server.Certificates.AuthorityPem) { UserName = user };
        await Measured.LittleMemory(async () =>
        {
            Assert.Equal("Order 99998", await Subjects(mailbox, new { subject = "Order 99998" }));
            Assert.Equal($"Order {Emails - 1},Order {Emails - 2}", await Subjects(mailbox, new { limit = 2 }));
        });
    }

    private static async Task<string> Subjects(TestMailbox mailbox, object input) => string.Join(
        ',', (await mailbox.Done("search-emails", input, Limit)).GetProperty("messages").EnumerateArray().Select(m => Text(m, "subject")));
}
