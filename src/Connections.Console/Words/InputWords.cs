using System.Text.RegularExpressions;

namespace Connections.Console.Words;

/// <summary>The names of an input's members, for people.</summary>
internal static partial class InputWords
{
    private static readonly string[] Capitals = ["id", "sql", "html", "url", "csv", "json", "xml", "sms", "pdf", "ip", "utc"];

    /// <summary><c>Reply to</c> for <c>replyTo</c>, <c>Employee ID</c> for <c>employeeId</c>.</summary>
    public static string For(string member)
    {
        var words = Parts().Split(member).Where(word => word.Length > 0).Select(Word).ToList();
        if (words.Count == 0) return member;
        words[0] = char.ToUpperInvariant(words[0][0]) + words[0][1..];
        return string.Join(' ', words);
    }

    private static string Word(string word) =>
        Capitals.Contains(word.ToLowerInvariant()) ? word.ToUpperInvariant()
        : word.Skip(1).All(char.IsLower) ? word.ToLowerInvariant() : word;

    [GeneratedRegex("(?<=[a-z0-9])(?=[A-Z])|[_ -]+")]
    private static partial Regex Parts();
}
