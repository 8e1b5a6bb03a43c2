using Connections.Connectors.Mail;
using MailKit;
using MimeKit;

namespace Connections.Connectors.Imap;

/// <summary>Converts what the server says about an email. Its texts are the sender's choice: they are cut.</summary>
internal static class ImapMail
{
    public const int MaxAttachments = 100;

    private const int MaxAddresses = 50;
    private const int MaxText = 500;
    private const int Base64Line = 78;
    private const int BytesInLine = 57;

    public static ReceivedMail From(
        IMailFolder folder, IMessageSummary mail, string? text = null, string? html = null,
        IReadOnlyList<BodyPartBasic>? attachments = null) => new(
        EmailId.From(folder, mail.UniqueId).ToString(),
        Addresses(mail, HeaderId.From).FirstOrDefault() ?? "",
        Addresses(mail, HeaderId.To),
        Addresses(mail, HeaderId.Cc),
        Cut(mail.Envelope is { } envelope ? envelope.Subject : mail.Headers?[HeaderId.Subject]),
        mail.InternalDate,
        "",
        text,
        html,
        [.. (attachments ?? []).Select(a => new AttachedFile(Name(a), MediaType(a), Size(a)))])
        {
            Vendor = writer =>
            {
                writer.WriteBoolean("read", mail.Flags?.HasFlag(MessageFlags.Seen) == true);
                writer.WriteBoolean("flagged", mail.Flags?.HasFlag(MessageFlags.Flagged) == true);
                if (mail.Size is { } size) writer.WriteNumber("size", size);
                if (attachments is null) return;
                writer.WriteStartArray("attachments");
                foreach (var attachment in attachments)
                {
                    writer.WriteStartObject();
                    writer.WriteString("id", Section(attachment));
                    writer.WriteString("name", Name(attachment));
                    writer.WriteEndObject();
                }

                writer.WriteEndArray();
            }
        };

    /// <summary>The number of a part. The only part of an email has the number 1.</summary>
    public static string Section(BodyPart part) => part.PartSpecifier is { Length: > 0 } section ? section : "1";

    public static string Name(BodyPartBasic part) => Cut(part.FileName);

    public static string MediaType(BodyPartBasic part) => Cut(part.ContentType?.MimeType ?? "application/octet-stream");

    // The server names the size of the encoded part.
    private static long Size(BodyPartBasic part) =>
        part.ContentTransferEncoding?.Equals("base64", StringComparison.OrdinalIgnoreCase) == true
            ? part.Octets / Base64Line * BytesInLine + part.Octets % Base64Line * 3 / 4
            : part.Octets;

    private static List<string> Addresses(IMessageSummary mail, HeaderId field) =>
        [.. (Find(mail, field) ?? []).Take(MaxAddresses).Select(a => Cut(a.ToString()))];

    private static InternetAddressList? Find(IMessageSummary mail, HeaderId field) => mail.Envelope is { } envelope
        ? field switch { HeaderId.From => envelope.From, HeaderId.To => envelope.To, _ => envelope.Cc }
        : mail.Headers?.FirstOrDefault(header => header.Id == field) is { } header && InternetAddressList.TryParse(header.RawValue, out var all)
            ? all : null;

    private static string Cut(string? text)
    {
        if (text is null) return "";
        var whole = text.Length <= MaxText ? text : text[..(char.IsHighSurrogate(text[MaxText - 1]) ? MaxText - 1 : MaxText)] + "…";
        return string.Concat(whole.Select(c => char.IsControl(c) ? ' ' : c));
    }
}
