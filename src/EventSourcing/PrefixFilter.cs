namespace EventSourcing;

/// <summary>Selects streams by prefix; an empty list selects every stream.</summary>
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
