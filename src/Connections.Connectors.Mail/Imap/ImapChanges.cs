using System.Text.Json;
using Connections.Connectors.Catalogue;
using MailKit;
using MailKit.Net.Imap;

namespace Connections.Connectors.Imap;

/// <summary>Changes to an email: its marks and its folder.</summary>
internal static class ImapChanges
{
    private const MessageSummaryItems Marks = MessageSummaryItems.UniqueId | MessageSummaryItems.Flags;

    public static async Task<ConnectorResult> Mark(ImapSession session, JsonElement input, CancellationToken ct)
    {
        var (folder, mail, failure) = await ImapReading.Find(session, input, Marks, FolderAccess.ReadWrite, ct);
        if (failure is not null) return failure;
        session.Change();
        foreach (var (name, flag) in new[] { ("read", MessageFlags.Seen), ("flagged", MessageFlags.Flagged) })
        {
            var value = Json.Member(input, name).ValueKind;
            if (value == JsonValueKind.True) await folder!.AddFlagsAsync(mail!.UniqueId, flag, true, ct);
            if (value == JsonValueKind.False) await folder!.RemoveFlagsAsync(mail!.UniqueId, flag, true, ct);
        }

        return Id(EmailId.From(folder!, mail!.UniqueId));
    }

    public static async Task<ConnectorResult> Move(ImapSession session, JsonElement input, CancellationToken ct)
    {
        // Without these, the library removes every email that is marked as deleted from the folder.
        if ((session.Capabilities & (ImapCapabilities.Move | ImapCapabilities.UidPlus)) == 0)
            return ImapOutcome.Wrong("The server cannot move a single email: it supports neither MOVE nor UIDPLUS.");
        var target = await session.Find(Json.Text(input, "folder")!, ct);
        var (folder, mail, failure) = await ImapReading.Find(session, input, Marks, FolderAccess.ReadWrite, ct);
        if (failure is not null) return failure;
        if (target == folder) return Id(EmailId.From(folder, mail!.UniqueId));
        session.Change();
        var moved = await folder!.MoveToAsync(mail!.UniqueId, target, ct);
        return Id(moved is null ? null : new EmailId(target.FullName, moved.Value.Validity, moved.Value.Id));
    }

    private static ConnectorResult.Done Id(EmailId? id) => new(Json.Object(writer => writer.WriteString("id", id?.ToString())));
}
