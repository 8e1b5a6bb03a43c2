using Connections.Connectors.Catalogue;
using MailKit;

namespace Connections.Connectors.Imap;

internal static class ImapFolders
{
    private const int Most = 1_000;
    private const int LongestName = 500;

    private static readonly (FolderAttributes Attribute, string Kind)[] Kinds =
    [
        (FolderAttributes.Inbox, "inbox"), (FolderAttributes.Sent, "sent"), (FolderAttributes.Drafts, "drafts"),
        (FolderAttributes.Trash, "trash"), (FolderAttributes.Junk, "junk"), (FolderAttributes.Archive, "archive"),
        (FolderAttributes.All, "all"), (FolderAttributes.Flagged, "flagged")
    ];

    public static async Task<ConnectorResult> List(ImapSession session, CancellationToken ct)
    {
        var all = new Dictionary<string, IMailFolder>(StringComparer.Ordinal);
        foreach (var within in session.Namespaces)
            foreach (var folder in await session.Folders(within, ct))
                if (folder.FullName is { Length: > 0 and <= LongestName } name) all.TryAdd(name, folder);
        return new ConnectorResult.Done(Json.Object(writer =>
        {
            writer.WriteStartArray("folders");
            foreach (var (name, folder) in all.OrderBy(f => f.Key, StringComparer.Ordinal).Take(Most))
            {
                writer.WriteStartObject();
                writer.WriteString("name", name);
                writer.WriteString("kind", Kind(folder));
                writer.WriteBoolean("selectable", (folder.Attributes & (FolderAttributes.NoSelect | FolderAttributes.NonExistent)) == 0);
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
            writer.WriteBoolean("truncated", all.Count > Most);
        }));
    }

    private static string? Kind(IMailFolder folder) =>
        folder.FullName.Equals("INBOX", StringComparison.OrdinalIgnoreCase) ? "inbox"
        : Kinds.FirstOrDefault(k => folder.Attributes.HasFlag(k.Attribute)).Kind;
}
