using EventSourcing;
using EventSourcing.Sql;
using EventSourcing.Sql.Loops;

namespace Connections.Web.Changes;

/// <summary>How long the rows of connections have lacked events of the log.</summary>
public sealed class ListDelay(ReadModelDatabase database, IEventLog log, LoopLags lags)
{
    private const string Rows = "connections"; // the name of their projection

    public async Task<TimeSpan> Now(CancellationToken ct)
    {
        var position = await new Checkpoints(database.Sql).Read(Rows, ct);
        return lags.Behind(position, await log.Head(ct));
    }
}
