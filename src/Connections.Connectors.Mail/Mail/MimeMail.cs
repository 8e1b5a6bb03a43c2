using MimeKit;

namespace Connections.Connectors.Mail;

/// <summary>An email in MIME form, without sender and id.</summary>
internal static class MimeMail
{
    public static MimeMessage Create(OutgoingMail mail, IEnumerable<MimePart> attachments)
    {
        var message = new MimeMessage { Subject = mail.Subject };
        message.To.AddRange(mail.To);
        message.Cc.AddRange(mail.Cc);
        message.Bcc.AddRange(mail.Bcc);
        message.ReplyTo.AddRange(mail.ReplyTo);
        var body = new BodyBuilder { TextBody = mail.Text, HtmlBody = mail.Html };
        foreach (var file in attachments) body.Attachments.Add(file);
        message.Body = body.ToMessageBody();
        return message;
    }

    /// <summary>
    /// An attachment. Messages and multiparts are sent as octet-stream: base64 is not allowed for those types (RFC 2046 5.2.1), and the
    /// content may not be valid.
    /// </summary>
    public static MimePart Attach(string name, string contentType, Stream content)
    {
        var type = ContentType.TryParse(contentType, out var parsed) ? parsed : null;
        if (type is null || type.IsMimeType("message", "*") || type.IsMimeType("multipart", "*")) type = new ContentType("application", "octet-stream");
        return new MimePart(type)
        {
            Content = new MimeContent(content),
            ContentDisposition = new ContentDisposition(ContentDisposition.Attachment),
            ContentTransferEncoding = ContentEncoding.Base64,
            FileName = name
        };
    }
}
