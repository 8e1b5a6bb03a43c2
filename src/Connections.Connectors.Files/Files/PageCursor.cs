using System.Buffers.Text;
using System.Text;

namespace Connections.Connectors.Files;

/// <summary>Where a listing goes on: at a page of the provider, and within it if not all of the page was listed.</summary>
/// <param name="Page">As the provider names the page; null: the first one.</param>
/// <param name="After">The last item of the page that was listed; null: none of it was.</param>
internal sealed record PageCursor(string? Page, string? After)
{
    // No provider's own cursor begins with it.
    private const string Mark = "after:";

    public static PageCursor Parse(string? cursor)
    {
        if (cursor is null || !cursor.StartsWith(Mark, StringComparison.Ordinal)) return new PageCursor(cursor, null);
        var end = cursor.IndexOf(':', Mark.Length);
        var item = end < 0 ? "" : cursor[Mark.Length..end];
        return Base64Url.IsValid(item)
            ? new PageCursor(
                cursor[(end + 1)..] is { Length: > 0 } page ? page : null, Encoding.UTF8.GetString(Base64Url.DecodeFromChars(item)))
            : new PageCursor(cursor, null); // the provider says that it does not know it
    }

    public override string ToString() => After is null ? Page ?? ""
        : $"{Mark}{Base64Url.EncodeToString(Encoding.UTF8.GetBytes(After))}:{Page}";
}
