namespace Connections.Connectors.Definitions.Expressions;

/// <summary>Finds the known name that is nearest to a mistyped one.</summary>
internal static class Nearest
{
    /// <summary>Null if no known name is near.</summary>
    public static string? Name(string typed, IEnumerable<string> known) => known
        .Select(name => (Name: name, Distance: Distance(typed.ToLowerInvariant(), name.ToLowerInvariant())))
        .Where(candidate => candidate.Distance <= Math.Max(1, Math.Min(typed.Length, candidate.Name.Length) / 3 + 1))
        .OrderBy(candidate => candidate.Distance).Select(candidate => candidate.Name).FirstOrDefault();

    private static int Distance(string a, string b)
    {
        if (a.Length > 64) return int.MaxValue;
        var previous = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var row = new int[b.Length + 1];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
                row[j] = Math.Min(Math.Min(row[j - 1], previous[j]) + 1, previous[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1));
            previous = row;
        }

        return previous[^1];
    }
}
