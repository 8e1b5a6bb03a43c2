using System.Collections.Concurrent;

namespace EventSourcing.Sql.Loops;

/// <summary>
/// The state of the loops of this process, for readiness checks, and for callers that wait for an appended event to be handled.
/// </summary>
public sealed class LoopHealth(TimeProvider clock)
{
    private readonly ConcurrentDictionary<string, LoopReport> reports = new();

    public IReadOnlyList<LoopStatus> Loops => [.. reports.Values.Select(r => r.Status).OrderBy(s => s.Name, StringComparer.Ordinal)];

    /// <summary>Completes when that loop of this process has handled everything up to the position. Pass a token with a deadline.</summary>
    public Task Reached(string loop, long position, CancellationToken ct) => For(loop).Reached(position, ct);

    /// <summary>Completes when the loop's status matches. Pass a token with a deadline.</summary>
    public Task Until(string loop, Func<LoopStatus, bool> matches, CancellationToken ct) => For(loop).Until(matches, ct);

    public LoopReport For(string loop) => reports.GetOrAdd(loop, name => new LoopReport(name, clock));
}
