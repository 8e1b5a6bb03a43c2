using System.Text.Json;
using Connections.Connectors.Files;
using Connections.Connectors.Mail;
using Connections.Connectors.MailServers;
using Connections.Connectors.Pipeline;

namespace Connections.Connectors.Imap;

/// <summary>Reads the mailbox of any server: https://www.rfc-editor.org/rfc/rfc9051. Reading marks nothing as read.</summary>
/// <param name="files">Null where there is no file store.</param>
internal sealed class ImapConnector(MailLineFactory lines, Func<IFileStore?> files, TimeProvider clock)
    : MailServerConnector<ImapSession, ImapGuard>(ImapEntry.Create(), ImapEntry.Ports, new ImapProtocol(), lines, clock)
{
    public override bool Repeatable(string activity, JsonElement input, JsonElement settings) => activity != ImapEntry.Move;

    public override Task<ConnectorResult> Run(ConnectionUse use, string activity, JsonElement input, CancellationToken ct) =>
        Dialogue(use, new ProbeSteps(Clock), (session, wire) => activity switch
        {
            MailActivities.Search => ImapSearch.Run(session, input, ct),
            MailActivities.Read => ImapReading.Run(session, input, ct),
            ImapEntry.FetchAttachment => new ImapAttachment(session, wire, files(), use.Workspace).Run(input, ct),
            ImapEntry.ListFolders => ImapFolders.List(session, ct),
            ImapEntry.Mark => ImapChanges.Mark(session, input, ct),
            _ => ImapChanges.Move(session, input, ct)
        }, ct);

    protected override ImapSession Create(MailStream stream, ImapGuard wire) => new(stream, wire);

    protected override ConnectorResult.Failed Explain(
        Exception e, MailSignIn signIn, ImapSession session, ImapGuard wire, MailStream stream, CancellationToken ct) =>
        OpenAttachments.Failure(e, ended: false) ?? ImapOutcome.From(e, signIn, session, wire, stream, ct);
}
