namespace EventSourcing;

/// <summary>
/// The time that a call to a log on a server may take, for reads that would rather fail than wait. Without it, a call outlasts the election of
/// a new leader. The limit holds for everything that is called within the scope, so work that has to be finished does not belong into one.
/// </summary>
public static class ReadLimit
{
    private static readonly AsyncLocal<TimeSpan?> Ambient = new();

    /// <summary>Null: the log's own limit.</summary>
    public static TimeSpan? Current => Ambient.Value;

    /// <summary>Sets the limit until the result is disposed.</summary>
    public static IDisposable Set(TimeSpan limit)
    {
        var scope = new Scope(Ambient.Value);
        Ambient.Value = limit;
        return scope;
    }

    private sealed class Scope(TimeSpan? outer) : IDisposable
    {
        public void Dispose() => Ambient.Value = outer;
    }
}
