using System.Text.Json;
using Connections.Connectors.Catalogue;
using MimeKit;

namespace Connections.Connectors.Mail;

/// <param name="Name">Null: that of the file.</param>
/// <param name="ContentType">Null: that of the file.</param>
/// <param name="File">The file of the file store; null for an attachment in place.</param>
internal sealed record MailAttachment(string? Name, string? ContentType, byte[] Content, Guid? File = null);

/// <summary>The email of an activity's input, with parsed addresses and attachments.</summary>
internal sealed record OutgoingMail(
    IReadOnlyList<MailboxAddress> To,
    IReadOnlyList<MailboxAddress> Cc,
    IReadOnlyList<MailboxAddress> Bcc,
    IReadOnlyList<MailboxAddress> ReplyTo,
    string Subject,
    string? Text,
    string? Html,
    IReadOnlyList<MailAttachment> Attachments)
{
    /// <param name="problem">The invalid member and the reason. Quotes nothing of the email.</param>
    public static OutgoingMail? Read(JsonElement input, out string? problem)
    {
        try
        {
            problem = null;
            var mail = new OutgoingMail(
                Addresses(input, "to"), Addresses(input, "cc"), Addresses(input, "bcc"), Addresses(input, "replyTo"),
                Line(Member(input, "subject") ?? "", "subject"), Member(input, "text"), Member(input, "html"), Attached(input));
            if (mail.To.Count + mail.Cc.Count + mail.Bcc.Count == 0) throw new FormatException("to, cc and bcc are empty: at least one recipient is required.");
            return mail.Text is null && mail.Html is null ? throw new FormatException("text or html is required.") : mail;
        }
        catch (FormatException e)
        {
            problem = e.Message;
            return null;
        }
    }

    private static List<MailboxAddress> Addresses(JsonElement input, string name) =>
        input.TryGetProperty(name, out var all) ? [.. all.EnumerateArray().Select((one, i) => Address(Json.Text(one), $"{name}[{i}]"))] : [];

    private static MailboxAddress Address(string? text, string name) =>
        Parse(text is null ? null : Line(text, name)) ?? throw new FormatException($"{name} is not an email address.");

    /// <summary>Null if the text is no email address.</summary>
    public static MailboxAddress? Parse(string? text) =>
        text is not null && MailboxAddress.TryParse(text, out var address) && address.Address.IndexOf('@') > 0 ? address : null;

    private static List<MailAttachment> Attached(JsonElement input) =>
        input.TryGetProperty("attachments", out var all) ? [.. all.EnumerateArray().Select((one, i) => Attachment(one, $"attachments[{i}]"))] : [];

    private static MailAttachment Attachment(JsonElement one, string name)
    {
        var type = Member(one, "contentType") is { } typed ? Line(typed, $"{name}.contentType") : null;
        if (type is not null && !ContentType.TryParse(type, out _)) throw new FormatException($"{name}.contentType is not a media type.");
        var named = Member(one, "name") is { } given ? Line(given, $"{name}.name") : null;
        var (stored, inPlace) = (one.TryGetProperty("file", out var file), one.TryGetProperty("base64", out var base64));
        if (stored == inPlace) throw new FormatException($"{name} needs either file or base64.");
        if (stored)
            return Guid.TryParse(Json.Text(file, "id"), out var id)
                ? new MailAttachment(named, type, [], id)
                : throw new FormatException($"{name}.file.id is not the id of a file.");
        if (named is null) throw new FormatException($"{name}.name is required.");
        return base64.TryGetBytesFromBase64(out var bytes)
            ? new MailAttachment(named, type ?? "application/octet-stream", bytes)
            : throw new FormatException($"{name}.base64 is not base64.");
    }

    // A header value must be a single line.
    private static string Line(string text, string name) =>
        text.Any(char.IsControl) ? throw new FormatException($"{name} contains a line break or another control character.") : text;

    private static string? Member(JsonElement value, string name) =>
        value.TryGetProperty(name, out var member)
            ? Json.Text(member) ?? throw new FormatException($"{name} is not a text.")
            : null;
}
