namespace Connections.Domain.Activity;

/// <summary>
/// The names of vault entries that hold stages. Each leads back to its activity, whose stream says whether the entry is in use.
/// </summary>
public static class StageEntry
{
    private const string Prefix = "stage-";
    private const int IdLength = 32;

    /// <param name="id">A new id: entries of the vault are not changed.</param>
    public static string Create(Guid activity, Guid id) => $"{Prefix}{activity:N}-{id:N}";

    /// <summary>The activity of an entry; null for an entry that holds no stage.</summary>
    public static Guid? Activity(string entry) =>
        entry.StartsWith(Prefix, StringComparison.Ordinal) && entry.Length > Prefix.Length + IdLength
        && Guid.TryParseExact(entry.AsSpan(Prefix.Length, IdLength), "N", out var activity)
            ? activity
            : null;
}
