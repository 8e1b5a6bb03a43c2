using System.Text.Json;
using Connections.Connectors.Catalogue;
using Connections.Connectors.Files;
using Connections.Connectors.Mail;
using Connections.Connectors.MailServers;
using Connections.Connectors.Pipeline;
using Connections.Domain;
using MimeKit;

namespace Connections.Connectors.Smtp;

/// <summary>Sends email through any server that takes it from people: https://www.rfc-editor.org/rfc/rfc6409</summary>
/// <param name="files">Null where there is no file store.</param>
internal sealed class SmtpConnector(MailLineFactory lines, Func<IFileStore?> files, TimeProvider clock) : IConnector
{
    private static readonly SmtpProtocol Protocol = new();

    public CatalogueEntry Entry { get; } = SmtpEntry.Create();

    public string? Target(JsonElement settings) => Server(settings).Target(SmtpEntry.Id);

    public bool Repeatable(string activity, JsonElement input, JsonElement settings) => false;

    public Account AccountAsTyped(JsonElement settings, Secret credentials) => Server(settings).Account(credentials);

    public IReadOnlyList<AccountIdentity> IdentitiesAsTyped(JsonElement settings, Secret credentials) =>
        [Server(settings).Identity(credentials)];

    public async Task<ProbeResult> Probe(ConnectionUse use, CancellationToken ct)
    {
        var steps = new ProbeSteps(clock, use.Steps);
        var (_, failure) = Sender(use.Settings) is null
            ? (null, steps.Fail("signIn", SmtpEntry.NoSender))
            : await Dialogue(use, steps, session => Confirm(session, ct), ct);
        if (failure is not null) return new ProbeResult(steps.Taken, null, [], failure);
        var account = AccountAsTyped(use.Settings, use.Credentials);
        steps.Ok("identify", account.Display);
        return new ProbeResult(steps.Taken, account, IdentitiesAsTyped(use.Settings, use.Credentials), null);
    }

    public async Task<ConnectorResult> Run(ConnectionUse use, string activity, JsonElement input, CancellationToken ct)
    {
        if (Sender(use.Settings) is not { } sender) return SmtpEntry.NoSender;
        if (OutgoingMail.Read(input, out var problem) is not { } mail)
            return new ConnectorResult.Failed(FailureKind.InvalidInput, problem!, Delivered.No, Answered: true);
        await using var attachments = new OpenAttachments(files(), use.Workspace);
        if (await attachments.Open(mail.Attachments, ct) is { } missing) return missing;
        using var message = SmtpMessage.Create(mail, sender, attachments.Parts, use.Activity ?? Guid.CreateVersion7(), clock);
        var (output, failure) = await Dialogue(use, new ProbeSteps(clock), async session =>
        {
            if (SmtpMessage.Objection(mail, sender, attachments, session) is { } objection) return (null, objection);
            await session.Deliver(message, sender, SmtpMessage.Recipients(mail), SmtpEntry.AllowsPartial(input), ct);
            return (SmtpMessage.Output(message, session), null);
        }, ct);
        return failure ?? (ConnectorResult)new ConnectorResult.Done(output!.Value);
    }

    private async Task<(JsonElement?, ConnectorResult.Failed?)> Dialogue(
        ConnectionUse use, ProbeSteps steps, Func<SmtpSession, Task<(JsonElement?, ConnectorResult.Failed?)>> work, CancellationToken ct)
    {
        var server = Server(use.Settings);
        var wire = new SmtpGuard();
        var line = await lines.Open(server, Protocol, wire, steps, ct);
        if (line.Failure is { } unreachable) return (null, unreachable);
        await using var stream = line.Stream!;
        using var session = new SmtpSession(stream, wire, clock);
        try
        {
            await session.Begin(server.Host, server.Port, use.Credentials, ct);
            steps.Ok("signIn", $"Signed in as {MailServerSettings.User(use.Credentials)}.");
            var result = await work(session);
            await session.End();
            return result;
        }
        catch (Exception e) when (e is not OutOfMemoryException) // a foreign server can make the library fail in any way
        {
            var failure = OpenAttachments.Failure(e, wire.Ended) ?? SmtpOutcome.From(e, session.Stage, wire, stream, ct);
            return (null, steps.Fail(session.Stage == SmtpStage.Hello ? "identify" : "signIn", SignInMask.Mask(failure, use.Credentials)));
        }
    }

    private static async Task<(JsonElement?, ConnectorResult.Failed?)> Confirm(SmtpSession session, CancellationToken ct)
    {
        await session.NoOpAsync(ct);
        return (null, null);
    }

    private static MailServerSettings Server(JsonElement settings) => MailServerSettings.Parse(settings, SmtpEntry.Ports);

    private static MailboxAddress? Sender(JsonElement settings) => OutgoingMail.Parse(Json.Text(settings, SmtpEntry.SenderAddress)) is { } address
        ? new MailboxAddress(Json.Given(settings, SmtpEntry.SenderName), address.Address)
        : null;
}
