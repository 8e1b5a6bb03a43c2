using EventSourcing.Sql.Loops;

namespace EventSourcing.Sql.Rebuilds;

/// <summary>Reads the log from its start into the new rows, which only the rebuild writes.</summary>
internal sealed class RebuildFill(
    PostgresDatabase rows, IProjection projection, IEventLog log, TimeProvider clock, IProgress<RebuildProgress> progress)
{
    private static readonly TimeSpan HeadInterval = TimeSpan.FromSeconds(1);

    public RebuildProgress Done { get; private set; } = new(0, Position.Start, Position.Start);

    /// <summary>Returns when everything up to that position of the log is in the rows, and perhaps more.</summary>
    public async Task<long> UpTo(long position, CancellationToken ct)
    {
        Done = Done with { Head = Math.Max(position, Done.Head) };
        if (Done.Position >= position) return Done.Position;
        var headReadAt = clock.GetTimestamp();
        await foreach (var batch in log.Subscribe(projection.Prefixes, Done.Position, ct))
        {
            if (batch.Position > Done.Position) await Take(batch, ct);
            if (clock.GetElapsedTime(headReadAt) > HeadInterval)
            {
                Done = Done with { Head = Math.Max(await log.Head(ct), Done.Position) };
                headReadAt = clock.GetTimestamp();
            }

            progress.Report(Done);
            if (Done.Position >= position) break;
        }

        return Done.Position;
    }

    private async Task Take(LogBatch batch, CancellationToken ct)
    {
        await using var write = await rows.BeginWrite(ct);
        if (!await Checkpoints.Move(write, projection.Name, Done.Position, batch.Position, ct))
            throw new RebuildException($"Another process writes to the new rows of {projection.Name}.");
        if (batch.Events.Count > 0) await projection.Apply(batch.Events, write, ct);
        await write.Commit(ct);
        Done = Done with { Events = Done.Events + batch.Events.Count, Position = batch.Position };
    }
}
