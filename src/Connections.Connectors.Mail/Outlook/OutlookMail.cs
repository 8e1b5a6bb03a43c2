using Connections.Connectors.Mail;
using Microsoft.Graph.Models;
using MimeKit;

namespace Connections.Connectors.Outlook;

/// <summary>Converts between emails and Graph messages.</summary>
internal static class OutlookMail
{
    // A Graph message has one body. HTML takes precedence.
    public static Message Outgoing(OutgoingMail mail) => new()
    {
        Subject = mail.Subject,
        Body = new ItemBody { ContentType = mail.Html is null ? BodyType.Text : BodyType.Html, Content = mail.Html ?? mail.Text },
        ToRecipients = Recipients(mail.To),
        CcRecipients = Recipients(mail.Cc),
        BccRecipients = Recipients(mail.Bcc),
        ReplyTo = Recipients(mail.ReplyTo),
        Attachments = mail.Attachments.Count == 0 ? null :
            [.. mail.Attachments.Select(a => new FileAttachment { Name = a.Name, ContentType = a.ContentType, ContentBytes = a.Content })]
    };

    public static ReceivedMail Read(Message message)
    {
        var html = message.Body?.ContentType == BodyType.Html;
        return new ReceivedMail(
            message.Id ?? "",
            message.From is { } from ? Address(from) : "",
            [.. (message.ToRecipients ?? []).Select(Address)],
            [.. (message.CcRecipients ?? []).Select(Address)],
            message.Subject ?? "",
            message.ReceivedDateTime,
            message.BodyPreview ?? "",
            html ? null : message.Body?.Content,
            html ? message.Body?.Content : null,
            [.. (message.Attachments ?? []).Select(a => new AttachedFile(a.Name ?? "", a.ContentType ?? "application/octet-stream", a.Size ?? 0))]);
    }

    private static List<Recipient>? Recipients(IReadOnlyList<MailboxAddress> all) => all.Count == 0 ? null :
        [.. all.Select(a => new Recipient { EmailAddress = new EmailAddress { Address = a.Address, Name = string.IsNullOrEmpty(a.Name) ? null : a.Name } })];

    private static string Address(Recipient recipient) =>
        new MailboxAddress(recipient.EmailAddress?.Name, recipient.EmailAddress?.Address ?? "").ToString();
}
