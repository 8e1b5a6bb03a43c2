namespace Connections.Domain;

/// <summary>The form <c>category-workspace:id</c> of the streams that belong to a workspace.</summary>
public static class StreamName
{
    /// <summary>The workspace of any such stream: of a connection, an activity or the tokens of a connection.</summary>
    /// <exception cref="FormatException">The name has another form.</exception>
    public static string Workspace(string stream) => Parse(stream[..(stream.IndexOf('-', StringComparison.Ordinal) + 1)], stream).Workspace;

    internal static string Format(string category, string workspace, Guid id) => $"{category}{workspace}:{id}";

    internal static (string Workspace, Guid Id) Parse(string category, string stream)
    {
        var colon = stream.LastIndexOf(':');
        return colon > category.Length
            && stream.StartsWith(category, StringComparison.Ordinal)
            && Guid.TryParseExact(stream.AsSpan(colon + 1), "D", out var id)
            ? (stream[category.Length..colon], id)
            : throw new FormatException($"'{stream}' is not the name of a stream '{category}workspace:id'.");
    }
}
