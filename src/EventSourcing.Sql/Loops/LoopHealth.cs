using System.Collections.Concurrent;

namespace EventSourcing.Sql.Loops;

/// <summary>How the loops of this process are doing, for readiness, and for who must see what was just appended.</summary>
public sealed class LoopHealth(TimeProvider clock)
{
    private readonly ConcurrentDictionary<string, LoopReport> reports = new();

    public IReadOnlyList<LoopStatus> Loops => [.. reports.Values.Select(r => r.Status).OrderBy(s => s.Name, StringComparer.Ordinal)];

    /// <summary>Completes when everything up to the position was done by that loop of this process; bound it with a deadline.</summary>
    public Task Reached(string loop, long position, CancellationToken ct) => For(loop).Reached(position, ct);

    /// <summary>Completes when the loop is in a state that fits; bound it with a deadline.</summary>
    public Task Until(string loop, Func<LoopStatus, bool> fits, CancellationToken ct) => For(loop).Until(fits, ct);

    public LoopReport For(string loop) => reports.GetOrAdd(loop, name => new LoopReport(name, clock));
}
