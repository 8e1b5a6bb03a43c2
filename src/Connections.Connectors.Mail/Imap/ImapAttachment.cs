using System.Text.Json;
using Connections.Connectors.Catalogue;
using Connections.Connectors.Files;
using Connections.Domain;
using EventSourcing;
using MailKit;
using MimeKit;
using MimeKit.Encodings;
using MimeKit.Utils;

namespace Connections.Connectors.Imap;

/// <summary>Copies an attachment into the file store, part by part.</summary>
/// <param name="store">Null where there is no file store.</param>
internal sealed class ImapAttachment(ImapSession session, ImapGuard wire, IFileStore? store, string workspace)
{
    private const int Part = 512 * 1024;

    public async Task<ConnectorResult> Run(JsonElement input, CancellationToken ct)
    {
        if (store is null)
            return new ConnectorResult.Failed(FailureKind.Operator, "This service has no file store.", Delivered.No, Answered: true);
        var (folder, mail, failure) = await ImapReading.Find(
            session, input, MessageSummaryItems.UniqueId | MessageSummaryItems.BodyStructure, FolderAccess.ReadOnly, ct);
        if (failure is not null) return failure;
        var section = Json.Text(input, "attachment")!;
        if (ImapReading.Parts(mail!).Find(p => ImapMail.Section(p) == section) is not { } part)
            return ImapOutcome.NotFound("The email has no such attachment. read-email names them in vendor.attachments.");
        wire.Limit = 2 * Part;
        return new ConnectorResult.Done(GivenFiles.Describe(await Copy(folder!, mail!.UniqueId, part, ct)));
    }

    private async Task<StoredFile> Copy(IMailFolder folder, UniqueId uid, BodyPartBasic part, CancellationToken ct)
    {
        var name = ImapMail.Name(part) is { Length: > 0 } given ? given : "attachment";
        await using var writer = await store!.Create(workspace, new NewFile(name, ImapMail.MediaType(part)), ct);
        var decoder = Decoder(part);
        var decoded = new byte[decoder.EstimateOutputLength(Part)];
        var encoded = new byte[Part];
        for (var offset = 0; ; offset += Part)
        {
            using var bytes = await folder.GetStreamAsync(uid, ImapMail.Section(part), offset, Part, ct);
            var count = await bytes.ReadAtLeastAsync(encoded, Part, throwOnEndOfStream: false, ct);
            await writer.Write(decoded.AsMemory(0, decoder.Decode(encoded, 0, count, decoded)), ct);
            if (count < Part) return await writer.Complete(ct);
            if (offset > int.MaxValue - 2 * Part)
                throw new RejectedException("file.too-large", "The attachment is larger than 2 GB. Fetch it with a mail program.");
        }
    }

    private static IMimeDecoder Decoder(BodyPartBasic part)
    {
        _ = MimeUtils.TryParse(part.ContentTransferEncoding ?? "", out ContentEncoding encoding);
        return encoding switch
        {
            ContentEncoding.Base64 => new Base64Decoder(),
            ContentEncoding.QuotedPrintable => new QuotedPrintableDecoder(),
            ContentEncoding.UUEncode => new UUDecoder(),
            _ => new PassThroughDecoder(encoding)
        };
    }
}
