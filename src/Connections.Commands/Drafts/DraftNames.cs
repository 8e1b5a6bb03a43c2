using System.Text.RegularExpressions;

namespace Connections.Commands.Drafts;

/// <summary>Names in the forms that definitions need.</summary>
internal static partial class DraftNames
{
    /// <summary>Such as <c>list-contacts</c>, for connectors and activities.</summary>
    public static string Kebab(string text, string otherwise)
    {
        var words = Words(text);
        var name = string.Join('-', words.Select(w => w.ToLowerInvariant())).TrimStart('-', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9');
        return name.Length > 0 ? name : otherwise;
    }

    /// <summary>A name that an expression can read without quotes: <c>page[size]</c> becomes <c>pageSize</c>.</summary>
    public static string Identifier(string text)
    {
        if (Plain().IsMatch(text)) return text;
        var words = Words(text);
        var name = string.Concat(words.Select((w, i) => i == 0 ? char.ToLowerInvariant(w[0]) + w[1..] : char.ToUpperInvariant(w[0]) + w[1..]));
        return name.Length > 0 && char.IsAsciiLetter(name[0]) ? name : $"value{name}";
    }

    /// <summary>The expression for a member, quoted where JMESPath needs it.</summary>
    public static string Path(string root, string member) => Plain().IsMatch(member)
        ? $"{root}.{member}"
        : $"{root}.\"{member.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";

    private static List<string> Words(string text) => [.. Word().Matches(text).Select(m => m.Value)];

    [GeneratedRegex(@"\A[A-Za-z_][A-Za-z0-9_]*\z")]
    private static partial Regex Plain();

    [GeneratedRegex("[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")]
    private static partial Regex Word();
}
