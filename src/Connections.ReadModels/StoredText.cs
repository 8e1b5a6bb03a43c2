using System.Text;

namespace Connections.ReadModels;

/// <summary>
/// Text from callers may contain a NUL or an unpaired surrogate. PostgreSQL rejects both in text, which would stop a loop for ever. Both
/// are replaced by the replacement character, in rows and in queries.
/// </summary>
internal static class StoredText
{
    public static string? Clean(string? text) => text is null || !text.Any(c => c == '\0' || char.IsSurrogate(c))
        ? text
        : Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text)).Replace('\0', '\uFFFD');
}
