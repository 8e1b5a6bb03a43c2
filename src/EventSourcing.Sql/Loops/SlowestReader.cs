namespace EventSourcing.Sql.Loops;

/// <summary>
/// Finds the slowest reader of the log, including those of other processes. Retention may remove only events behind it. A reader of this
/// process that never saved a position counts as being at the start. A reader that no longer exists blocks retention until its checkpoint
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
