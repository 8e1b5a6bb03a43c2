using System.Globalization;
using System.Text.Json;
using Connections.Connectors.Catalogue;
using MailKit;
using MailKit.Net.Imap;
using MailKit.Search;
using MimeKit;

namespace Connections.Connectors.Imap;

/// <summary>Finds the newest emails of a folder. The server searches; only the headers of those that are returned are fetched.</summary>
internal static class ImapSearch
{
    private const int MaxFound = 400_000;

    private const MessageSummaryItems Items =
        MessageSummaryItems.UniqueId | MessageSummaryItems.InternalDate | MessageSummaryItems.Flags | MessageSummaryItems.Size;

    // Fields, and no envelope: its lists hold texts of senders, and one email with a thousand brackets would spoil the search.
    private static readonly HeaderId[] Fields = [HeaderId.From, HeaderId.To, HeaderId.Cc, HeaderId.Subject];

    private static readonly (string Name, Func<DateTime, SearchQuery> Create)[] Days =
        [("since", SearchQuery.DeliveredAfter), ("before", SearchQuery.DeliveredBefore)];

    public static async Task<ConnectorResult> Run(ImapSession session, JsonElement input, CancellationToken ct)
    {
        if (Query(session, input, out var problem) is not { } query) return ImapOutcome.Wrong(problem!);
        var limit = (int)(Json.Number(input, "limit") ?? 10);
        var folder = await session.Open(Json.Text(input, "folder") ?? "INBOX", FolderAccess.ReadOnly, ct);
        var found = await session.Search(folder, query, ct);
        if (found.Count > MaxFound)
            return ImapOutcome.Wrong($"The search finds more than {MaxFound} emails. Narrow it down, for example with since.");
        // A higher UID came later into the folder.
        var newest = found.OrderByDescending(uid => uid.Id).Take(limit).ToList();
        var summaries = newest.Count == 0 ? [] : await folder.FetchAsync(newest, new FetchRequest(Items, Fields), ct);
        return new ConnectorResult.Done(Json.Object(writer =>
        {
            writer.WriteStartArray("messages");
            foreach (var mail in summaries.Where(s => newest.Contains(s.UniqueId)).OrderByDescending(s => s.UniqueId.Id).Take(limit))
                ImapMail.From(folder, mail).WriteSearchResult(writer);
            writer.WriteEndArray();
        }));
    }

    private static SearchQuery? Query(ImapSession session, JsonElement input, out string? problem)
    {
        problem = null;
        var query = SearchQuery.All;
        foreach (var (name, create) in Texts(session.Capabilities.HasFlag(ImapCapabilities.GMailExt1)))
        {
            if (!input.TryGetProperty(name, out var value)) continue;
            if (Json.Text(value) is not { } text || text.Any(char.IsControl))
                problem = $"{name} contains a line break or another control character.";
            else if (text.Length > 0) query = query.And(create(text));
        }

        foreach (var (name, create) in Days)
        {
            if (Json.Text(input, name) is not { } text) continue;
            if (!DateTime.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day))
                problem = $"{name} is no day.";
            else query = query.And(create(day));
        }

        if (Json.Member(input, "unread") is { ValueKind: JsonValueKind.True or JsonValueKind.False } unread)
            query = query.And(unread.GetBoolean() ? SearchQuery.NotSeen : SearchQuery.Seen);
        return problem is null ? query : null;
    }

    private static (string, Func<string, SearchQuery>)[] Texts(bool isGmail) =>
    [
        ("query", text => isGmail ? SearchQuery.GMailRawSearch(text) : SearchQuery.MessageContains(text)),
        ("from", SearchQuery.FromContains),
        ("to", SearchQuery.ToContains),
        ("subject", SearchQuery.SubjectContains),
        ("text", SearchQuery.MessageContains)
    ];
}
