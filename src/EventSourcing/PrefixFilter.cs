namespace EventSourcing;

/// <summary>Which streams a reader wants; no prefix at all means every stream.</summary>
internal sealed class PrefixFilter(IReadOnlyList<string> prefixes)
{
    private readonly string[] prefixes = [.. prefixes];

    public bool Takes(string stream)
    {
        foreach (var prefix in prefixes)
        {
            if (stream.StartsWith(prefix, StringComparison.Ordinal)) return true;
        }

        return prefixes.Length == 0;
    }
}
