using System.Buffers.Text;
using System.Globalization;
using System.Net;
using System.Text;
using Connections.Connectors.Mail;
using MimeKit;

namespace Connections.Connectors.Gmail;

/// <summary>Converts emails to Gmail's raw messages, and Gmail's message parts to emails.</summary>
internal static class GmailMime
{
    private static readonly FormatOptions Plain = Crlf();

    /// <summary>The message in the API's format: RFC 5322 in base64url. Gmail adds the sender.</summary>
    public static string Raw(OutgoingMail mail)
    {
        using var message = MimeMail.Create(
            mail, mail.Attachments.Select(a => MimeMail.Attach(a.Name!, a.ContentType!, new MemoryStream(a.Content))));
        message.Headers.Remove(HeaderId.From);
        message.Headers.Remove(HeaderId.MessageId); // it would contain this machine's name
        using var bytes = new MemoryStream();
        message.WriteTo(Plain, bytes);
        return Base64Url.EncodeToString(bytes.GetBuffer().AsSpan(0, (int)bytes.Length));
    }

    private static FormatOptions Crlf()
    {
        var options = FormatOptions.Default.Clone();
        options.NewLineFormat = NewLineFormat.Dos;
        return options;
    }

    public static ReceivedMail Read(GmailMessage message)
    {
        var parts = message.Payload?.All().ToList() ?? [];
        var (files, texts) = (parts.Where(p => p.FileName is { Length: > 0 }), parts.Where(p => p.FileName is not { Length: > 0 }).ToList());
        return new ReceivedMail(
            message.Id,
            message.Payload?.Header("From") ?? "",
            Addresses(message.Payload?.Header("To")),
            Addresses(message.Payload?.Header("Cc")),
            message.Payload?.Header("Subject") ?? "",
            long.TryParse(message.InternalDate, CultureInfo.InvariantCulture, out var ms) ? DateTimeOffset.FromUnixTimeMilliseconds(ms) : null,
            WebUtility.HtmlDecode(message.Snippet ?? ""), // Gmail HTML-encodes the snippet
            Body(texts, "text/plain"),
            Body(texts, "text/html"),
            [.. files.Select(f => new AttachedFile(f.FileName!, f.MimeType ?? "application/octet-stream", f.Body?.Size ?? 0))]);
    }

    // A quoted display name may contain a comma.
    private static List<string> Addresses(string? header) =>
        header is null ? [] : InternetAddressList.TryParse(header, out var all) ? [.. all.Select(a => a.ToString())] : [header];

    private static string? Body(List<GmailPart> parts, string type) =>
        parts.Find(p => p.MimeType == type)?.Body?.Data is { } data ? Encoding.UTF8.GetString(Base64Url.DecodeFromChars(data)) : null;
}
