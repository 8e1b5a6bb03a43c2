using Connectors.Tests.MailServers;

namespace Connectors.Tests.Imap;

public sealed class CyrusTests(CyrusFixture fixture) : ImapServerContract, IClassFixture<CyrusFixture>
{
    private protected override Task<TestMailbox> Connect(string security) => fixture.Connect(security);

    private protected override Task Deliver(TestMailbox mailbox, string mail) => fixture.Deliver(mailbox, mail);

    private protected override Task Rebuild(TestMailbox mailbox) => fixture.Rebuild(mailbox);
}
