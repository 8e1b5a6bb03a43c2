using EventSourcing;
using EventSourcing.Sql;
using EventSourcing.Sql.Loops;

namespace Connections.Web.Changes;

/// <summary>How long the rows of a read model have lacked events of the log.</summary>
public sealed class ListDelay(ReadModelDatabase database, IEventLog log, LoopLags lags)
{
    public Task<TimeSpan> Connections(CancellationToken ct) => Now("connections", ct);

    public Task<TimeSpan> Usage(CancellationToken ct) => Now("usage", ct);

    private async Task<TimeSpan> Now(string projection, CancellationToken ct)
    {
        var position = await new Checkpoints(database.Sql).Read(projection, ct);
        return lags.Behind(position, await log.Head(ct));
    }
}
