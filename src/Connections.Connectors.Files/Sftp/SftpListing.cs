using System.Text.Json;
using Connections.Connectors.Catalogue;
using Connections.Connectors.Files;
using Renci.SshNet.Sftp;

namespace Connections.Connectors.Sftp;

/// <summary>Lists a folder in the order of the names. The protocol has no pages, so each page reads the folder again and keeps little of it.</summary>
internal static class SftpListing
{
    public static async Task<ConnectorResult> Run(SftpSession session, SftpPath folder, JsonElement input, CancellationToken ct)
    {
        if (await session.Find(folder, ct) is not { } found) throw new Renci.SshNet.Common.SftpPathNotFoundException();
        if (!found.IsDirectory) return FileActivities.Wrong("This is a file; name a folder.");
        var (limit, after, query) = (FileActivities.Limit(input), Json.Given(input, "cursor"), Json.Given(input, "query"));
        var page = new SortedList<string, ListedFile>(StringComparer.Ordinal);
        var more = false;
        await foreach (var entry in session.Client.ListDirectoryAsync(found.FullName, ct))
        {
            if (entry.Name is "." or ".." || (after is not null && string.CompareOrdinal(entry.Name, after) <= 0)) continue;
            if (query is not null && !entry.Name.Contains(query, StringComparison.OrdinalIgnoreCase)) continue;
            page[entry.Name] = List(folder, entry);
            if (page.Count <= limit) continue;
            page.RemoveAt(limit);
            more = true;
        }

        return new ConnectorResult.Done(ListedFile.Listing(page.Values, more ? page.Keys[^1] : null));
    }

    private static ListedFile List(SftpPath folder, ISftpFile entry)
    {
        var path = folder.Below(entry.Name).Value;
        return new ListedFile(
            path, entry.Name, path, entry.IsDirectory, entry.IsRegularFile ? entry.Length : null,
            ChangedAt: DateTime.SpecifyKind(entry.LastWriteTimeUtc, DateTimeKind.Utc));
    }
}
