namespace EventSourcing.Sql.Loops;

/// <summary>
/// How far every reader of the log has come, those of other processes included: behind that, and only there, events may be removed. A
/// reader of this process that never saved a position stands at the start; one that is no more holds everything back until its checkpoint
/// is deleted.
/// </summary>
public sealed class SlowestReader(ReadModelDatabase rows, ServiceDatabase service, LoopHealth loops)
{
    public async Task<(string Name, long Position)> Find(CancellationToken ct)
    {
        var positions = loops.Loops.ToDictionary(l => l.Name, _ => Position.Start);
        foreach (var database in (SqlDatabase[])[rows.Sql, service.Sql])
        {
            foreach (var (name, position) in await new Checkpoints(database).All(ct)) positions[name] = position;
        }

        return positions.Count == 0 ? ("none", Position.Start) : positions.Select(p => (p.Key, p.Value)).MinBy(p => p.Value);
    }
}
