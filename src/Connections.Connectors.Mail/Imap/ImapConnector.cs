using System.Text.Json;
using Connections.Connectors.Catalogue;
using Connections.Connectors.Files;
using Connections.Connectors.Mail;
using Connections.Connectors.MailServers;
using Connections.Connectors.Pipeline;
using Connections.Domain;

namespace Connections.Connectors.Imap;

/// <summary>Reads the mailbox of any server: https://www.rfc-editor.org/rfc/rfc9051. Reading marks nothing as read.</summary>
/// <param name="files">Null where there is no file store.</param>
internal sealed class ImapConnector(MailLineFactory lines, Func<IFileStore?> files, TimeProvider clock) : IConnector
{
    private static readonly ImapProtocol Protocol = new();

    public CatalogueEntry Entry { get; } = ImapEntry.Create();

    public string? Target(JsonElement settings) => Server(settings).Target(ImapEntry.Id);

    public bool Repeatable(string activity, JsonElement input, JsonElement settings) => activity != ImapEntry.Move;

    public Account AccountAsTyped(JsonElement settings, Secret credentials) => Server(settings).Account(credentials);

    public IReadOnlyList<AccountIdentity> IdentitiesAsTyped(JsonElement settings, Secret credentials) =>
        [Server(settings).Identity(credentials)];

    public async Task<ProbeResult> Probe(ConnectionUse use, CancellationToken ct)
    {
        var steps = new ProbeSteps(clock, use.Steps);
        var result = await Dialogue(use, steps, async (session, _) =>
        {
            await session.Confirm(ct);
            return new ConnectorResult.Done(default);
        }, ct);
        if (result is ConnectorResult.Failed failure) return new ProbeResult(steps.Taken, null, [], failure);
        var account = AccountAsTyped(use.Settings, use.Credentials);
        steps.Ok("identify", account.Display);
        return new ProbeResult(steps.Taken, account, IdentitiesAsTyped(use.Settings, use.Credentials), null);
    }

    public Task<ConnectorResult> Run(ConnectionUse use, string activity, JsonElement input, CancellationToken ct) =>
        Dialogue(use, new ProbeSteps(clock), (session, wire) => activity switch
        {
            MailActivities.Search => ImapSearch.Run(session, input, ct),
            MailActivities.Read => ImapReading.Run(session, input, ct),
            ImapEntry.FetchAttachment => new ImapAttachment(session, wire, files(), use.Workspace).Run(input, ct),
            ImapEntry.ListFolders => ImapFolders.List(session, ct),
            ImapEntry.Mark => ImapChanges.Mark(session, input, ct),
            _ => ImapChanges.Move(session, input, ct)
        }, ct);

    private async Task<ConnectorResult> Dialogue(
        ConnectionUse use, ProbeSteps steps, Func<ImapSession, ImapGuard, Task<ConnectorResult>> work, CancellationToken ct)
    {
        var server = Server(use.Settings);
        var wire = new ImapGuard();
        var line = await lines.Open(server, Protocol, wire, steps, ct);
        if (line.Failure is { } unreachable) return unreachable;
        await using var stream = line.Stream!;
        using var session = new ImapSession(stream, wire, clock);
        try
        {
            await session.Begin(server.Host, server.Port, use.Credentials, ct);
            steps.Ok("signIn", $"Signed in as {MailServerSettings.User(use.Credentials)}.");
            var result = await work(session, wire);
            await session.End();
            return result;
        }
        catch (Exception e) when (e is not OutOfMemoryException) // a foreign server can make the library fail in any way
        {
            var failure = OpenAttachments.Failure(e, ended: false) ?? ImapOutcome.From(e, session, wire, stream, ct);
            return steps.Fail(session.Stage == ImapStage.SignIn ? "signIn" : "identify", SignInMask.Mask(failure, use.Credentials));
        }
    }

    private static MailServerSettings Server(JsonElement settings) => MailServerSettings.Parse(settings, ImapEntry.Ports);
}
