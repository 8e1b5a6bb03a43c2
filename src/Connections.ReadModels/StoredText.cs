using System.Text;

namespace Connections.ReadModels;

/// <summary>
/// What callers say of themselves may hold a NUL or half of a surrogate pair, and PostgreSQL takes neither for text: a loop would stand
/// before it for ever. Both become the replacement character, in rows and in questions alike.
/// </summary>
internal static class StoredText
{
    public static string? Clean(string? said) => said is null || !said.Any(c => c == '\0' || char.IsSurrogate(c))
        ? said
        : Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(said)).Replace('\0', '\uFFFD');
}
