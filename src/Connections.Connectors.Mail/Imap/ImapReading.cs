using System.Text.Json;
using Connections.Connectors.Catalogue;
using MailKit;

namespace Connections.Connectors.Imap;

/// <summary>Reads headers, text and the list of attachments. The attachments themselves are not fetched.</summary>
internal static class ImapReading
{
    private const int MaxTextBytes = 256 * 1024;

    private const MessageSummaryItems Structure = MessageSummaryItems.UniqueId | MessageSummaryItems.Envelope
        | MessageSummaryItems.InternalDate | MessageSummaryItems.Flags | MessageSummaryItems.Size | MessageSummaryItems.BodyStructure;

    public static async Task<ConnectorResult> Run(ImapSession session, JsonElement input, CancellationToken ct)
    {
        var (folder, mail, failure) = await Find(session, input, Structure, FolderAccess.ReadOnly, ct);
        if (failure is not null) return failure;
        var parts = Parts(mail!);
        var (plain, html) = (Body(parts, "plain"), Body(parts, "html"));
        // Some servers say nothing about the structure of a broken email.
        var text = plain is not null ? await Text(folder!, mail!, plain, ct)
            : mail!.Body is null ? await Raw(folder!, mail, ct)
            : null;
        var markup = html is null ? null : await Text(folder!, mail!, html, ct);
        var attachments = parts.Where(p => p != plain && p != html).Take(ImapMail.MaxAttachments).ToList();
        return new ConnectorResult.Done(ImapMail.From(folder!, mail!, text, markup, attachments).Whole());
    }

    /// <summary>Opens the folder of an email, and fetches what is asked for about the email.</summary>
    public static async Task<(IMailFolder? Folder, IMessageSummary? Mail, ConnectorResult.Failed? Failure)> Find(
        ImapSession session, JsonElement input, MessageSummaryItems items, FolderAccess access, CancellationToken ct)
    {
        if (EmailId.Parse(Json.Text(input, "id")) is not { } id)
            return (null, null, ImapOutcome.Wrong("The id is no id of search-emails."));
        var folder = await session.Open(id.Folder, access, ct);
        if (folder.UidValidity != id.Validity)
            return (null, null, ImapOutcome.NotFound(
                "The server has numbered the emails of this folder anew since the id was made. Search again."));
        var mail = await session.Describe(folder, new UniqueId(id.Uid), items, ct);
        return mail is null
            ? (null, null, ImapOutcome.NotFound("There is no such email in the folder: it was moved or deleted."))
            : (folder, mail, null);
    }

    /// <summary>The parts that hold content, in their order.</summary>
    public static List<BodyPartBasic> Parts(IMessageSummary mail)
    {
        var found = new List<BodyPartBasic>();
        Add(mail.Body, found);
        return found;
    }

    private static void Add(BodyPart? part, List<BodyPartBasic> found)
    {
        if (part is BodyPartMultipart multipart) foreach (var inner in multipart.BodyParts) Add(inner, found);
        else if (part is BodyPartBasic content) found.Add(content);
    }

    private static BodyPartBasic? Body(List<BodyPartBasic> parts, string subtype) =>
        parts.Find(p => p.ContentType?.IsMimeType("text", subtype) == true && !p.IsAttachment && p.FileName is not { Length: > 0 });

    private static async Task<string> Text(IMailFolder folder, IMessageSummary mail, BodyPartBasic part, CancellationToken ct)
    {
        using var bytes = await folder.GetStreamAsync(mail.UniqueId, ImapMail.Section(part), 0, MaxTextBytes, ct);
        return ForeignText.Decode(bytes, part.ContentTransferEncoding, part.ContentType?.Charset);
    }

    private static async Task<string> Raw(IMailFolder folder, IMessageSummary mail, CancellationToken ct)
    {
        using var bytes = await folder.GetStreamAsync(mail.UniqueId, "TEXT", 0, MaxTextBytes, ct);
        return ForeignText.Decode(bytes, null, null);
    }
}
