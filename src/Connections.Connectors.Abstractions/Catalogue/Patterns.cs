using System.Collections.Concurrent;
using System.Text.RegularExpressions;

namespace Connections.Connectors.Catalogue;

/// <summary>The regular expressions of form fields, built once. They cannot backtrack, so that no text makes them slow.</summary>
internal static class Patterns
{
    private static readonly ConcurrentDictionary<string, Regex> Built = new(StringComparer.Ordinal);

    public static bool IsWhole(string pattern, string text) => Built.GetOrAdd(
        pattern, p => new Regex($@"\A(?:{p})\z", RegexOptions.NonBacktracking | RegexOptions.CultureInvariant)).IsMatch(text);
}
