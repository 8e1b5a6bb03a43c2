using Connectors.Tests.MailServers;

namespace Connectors.Tests.Imap;

public sealed class DovecotTests(MailServerFixture fixture) : ImapServerContract
{
    private protected override Task<TestMailbox> Connect(string security) => fixture.Connect(security);

    private protected override async Task Deliver(TestMailbox mailbox, string mail) =>
        await (await fixture.Start()).Server.Deliver(mailbox.UserName, mail);

    private protected override async Task Rebuild(TestMailbox mailbox) => await (await fixture.Start()).Server.Rebuild(mailbox.UserName);
}
