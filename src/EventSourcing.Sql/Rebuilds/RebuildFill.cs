using EventSourcing.Sql.Loops;

namespace EventSourcing.Sql.Rebuilds;

/// <summary>Follows the log from its start into the new rows, which nobody else writes.</summary>
internal sealed class RebuildFill(
    PostgresDatabase rows, IProjection projection, IEventLog log, TimeProvider clock, IProgress<RebuildProgress> progress)
{
    private static readonly TimeSpan LooksAtHead = TimeSpan.FromSeconds(1);

    public RebuildProgress Done { get; private set; } = new(0, Position.Start, Position.Start);

    /// <summary>Returns as soon as everything up to that position of the log is in the rows, perhaps with some more.</summary>
    public async Task<long> UpTo(long position, CancellationToken ct)
    {
        Done = Done with { Head = Math.Max(position, Done.Head) };
        if (Done.Position >= position) return Done.Position;
        var looked = clock.GetTimestamp();
        await foreach (var batch in log.Subscribe(projection.Prefixes, Done.Position, ct))
        {
            if (batch.Position > Done.Position) await Take(batch, ct);
            if (clock.GetElapsedTime(looked) > LooksAtHead)
            {
                Done = Done with { Head = Math.Max(await log.Head(ct), Done.Position) };
                looked = clock.GetTimestamp();
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
            throw new RebuildException($"Somebody else writes to the new rows of {projection.Name}.");
        if (batch.Events.Count > 0) await projection.Apply(batch.Events, write, ct);
        await write.Commit(ct);
        Done = Done with { Events = Done.Events + batch.Events.Count, Position = batch.Position };
    }
}
