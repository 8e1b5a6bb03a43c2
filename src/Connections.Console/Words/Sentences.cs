using System.Globalization;
using System.Text.RegularExpressions;

namespace Connections.Console.Words;

/// <summary>Finds the machine times in sentences that the HTTP interface shares.</summary>
public static partial class Sentences
{
    /// <summary>The parts of a sentence: a text, and the time that follows it; null for the last text.</summary>
    public static IEnumerable<(string Text, DateTimeOffset? At)> Split(string sentence)
    {
        var from = 0;
        foreach (Match found in MachineTime().Matches(sentence))
        {
            if (!DateTimeOffset.TryParse(found.Value, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at)) continue;
            yield return (sentence[from..found.Index], at);
            from = found.Index + found.Length;
        }

        yield return (sentence[from..], null);
    }

    [GeneratedRegex(@"\b[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z")]
    private static partial Regex MachineTime();
}
