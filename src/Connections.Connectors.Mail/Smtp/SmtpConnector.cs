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
internal sealed class SmtpConnector(MailLineFactory lines, Func<IFileStore?> files, TimeProvider clock)
    : MailServerConnector<SmtpSession, SmtpGuard>(SmtpEntry.Create(), SmtpEntry.Ports, new SmtpProtocol(), lines, clock)
{
    public override bool Repeatable(string activity, JsonElement input, JsonElement settings) => false;

    public override async Task<ConnectorResult.Failed?> SignIn(ConnectionUse use, ProbeSteps steps, CancellationToken ct) =>
        Sender(use.Settings) is null ? steps.Fail("signIn", SmtpEntry.NoSender) : await base.SignIn(use, steps, ct);

    public override async Task<ConnectorResult> Run(ConnectionUse use, string activity, JsonElement input, CancellationToken ct)
    {
        if (Sender(use.Settings) is not { } sender) return SmtpEntry.NoSender;
        if (OutgoingMail.Read(input, out var problem) is not { } mail)
            return new ConnectorResult.Failed(FailureKind.InvalidInput, problem!, Delivered.No, Answered: true);
        await using var attachments = new OpenAttachments(files(), use.Workspace);
        if (await attachments.Open(mail.Attachments, ct) is { } missing) return missing;
        using var message = SmtpMessage.Create(mail, sender, attachments.Parts, use.Activity ?? Guid.CreateVersion7(), Clock);
        return await Dialogue(use, new ProbeSteps(Clock), async (session, _) =>
        {
            if (SmtpMessage.Objection(mail, sender, attachments, session) is { } objection) return objection;
            await session.Deliver(message, sender, SmtpMessage.Recipients(mail), SmtpEntry.AllowsPartial(input), ct);
            return new ConnectorResult.Done(SmtpMessage.Output(message, session));
        }, ct);
    }

    protected override SmtpSession Create(MailStream stream, SmtpGuard wire) => new(stream, wire);

    protected override ConnectorResult.Failed Explain(
        Exception e, MailSignIn signIn, SmtpSession session, SmtpGuard wire, MailStream stream, CancellationToken ct) =>
        OpenAttachments.Failure(e, wire.Ended) ?? SmtpOutcome.From(e, signIn, session.Stage, wire, stream, ct);

    private static MailboxAddress? Sender(JsonElement settings) => OutgoingMail.Parse(Json.Text(settings, SmtpEntry.SenderAddress)) is { } address
        ? new MailboxAddress(Json.Given(settings, SmtpEntry.SenderName), address.Address)
        : null;
}
