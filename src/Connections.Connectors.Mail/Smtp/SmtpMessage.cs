using System.Text.Json;
using Connections.Connectors.Catalogue;
using Connections.Connectors.Mail;
using Connections.Domain;
using MailKit.Net.Smtp;
using MimeKit;

namespace Connections.Connectors.Smtp;

/// <summary>The email as it is sent. The recipients of <c>bcc</c> stand in no header.</summary>
internal static class SmtpMessage
{
    private const int MaxRefused = 100;
    private const int Base64Line = 76;

    public static MimeMessage Create(
        OutgoingMail mail, MailboxAddress sender, IReadOnlyList<MimePart> attachments, Guid activity, TimeProvider clock)
    {
        var message = MimeMail.Create(mail, attachments);
        message.From.Add(sender);
        message.Bcc.Clear();
        message.Date = clock.GetUtcNow();
        // The same in each attempt, so that receivers and people recognise an email that comes twice.
        message.MessageId = $"{activity:n}@{MailboxAddress.EncodeAddrspec(sender.Address).Split('@')[^1]}";
        return message;
    }

    public static IReadOnlyList<MailboxAddress> Recipients(OutgoingMail mail) =>
        [.. mail.To.Concat(mail.Cc).Concat(mail.Bcc).DistinctBy(a => a.Address, StringComparer.OrdinalIgnoreCase)];

    /// <summary>Why this server cannot take the email; null if it may.</summary>
    public static ConnectorResult.Failed? Objection(
        OutgoingMail mail, MailboxAddress sender, OpenAttachments attachments, SmtpClient server)
    {
        if (!server.Capabilities.HasFlag(SmtpCapabilities.UTF8) && Recipients(mail).Append(sender).Any(SmtpSession.IsInternational))
            return Wrong("An address has characters beyond ASCII before its @, and this server does not take such addresses (SMTPUTF8).");
        var least = attachments.Sizes.Sum(size => (size + 2) / 3 * 4 / Base64Line * (Base64Line + 2L));
        return server.Capabilities.HasFlag(SmtpCapabilities.Size) && server.MaxSize > 0 && least > server.MaxSize
            ? Wrong($"The attachments make the email larger than the {server.MaxSize} bytes that the server takes. Send less.")
            : null;
    }

    public static JsonElement Output(MimeMessage message, SmtpSession session) => Json.Object(writer =>
    {
        writer.WriteString("id", $"<{message.MessageId}>");
        writer.WriteStartObject("vendor");
        writer.WriteString("reply", SmtpReply.From(250, session.Accepted).Text);
        writer.WriteStartArray("refused");
        foreach (var (address, reply) in session.Refused.Take(MaxRefused))
        {
            writer.WriteStartObject();
            writer.WriteString("address", address);
            writer.WriteString("reason", SmtpFailures.From(reply, SmtpStage.Recipient).Message);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    });

    private static ConnectorResult.Failed Wrong(string message) => new(FailureKind.InvalidInput, message, Delivered.No, Answered: true);
}
