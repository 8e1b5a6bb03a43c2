using Dapper;
using EventSourcing.Sql;
using EventSourcing.Sql.Loops;

namespace Connections.ReadModels.Ledger;

/// <param name="Ended">By outcome: <c>succeeded</c>, <c>failed</c>, <c>unknown</c>, <c>cancelled</c>.</param>
public sealed record LedgerTotals(long Accepted, IReadOnlyDictionary<string, long> Ended)
{
    public long Open => Accepted - Ended.Values.Sum();
}

/// <summary>All-time totals, including activities that retention removed.</summary>
public sealed class LedgerQueries(ServiceDatabase database)
{
    public async Task<LedgerTotals> Totals(string workspace, CancellationToken ct)
    {
        await using var connection = await database.Sql.Open(ct);
        var totals = (await connection.QueryAsync<(string Entry, long Total)>(
            "SELECT entry, total FROM ledger WHERE workspace = @workspace", new { workspace })).ToDictionary(r => r.Entry, r => r.Total);
        totals.Remove(LedgerProjection.Accepted, out var accepted);
        return new LedgerTotals(accepted, totals);
    }

    /// <summary>Totals of every workspace that ever had an activity, and the ledger's position in the log.</summary>
    public async Task<(IReadOnlyDictionary<string, LedgerTotals> Workspaces, long Position)> All(CancellationToken ct)
    {
        await using var connection = await database.Sql.Open(ct);
        var rows = await connection.QueryAsync<(string Workspace, string Entry, long Total)>("SELECT workspace, entry, total FROM ledger");
        var workspaces = rows.GroupBy(r => r.Workspace).OrderBy(w => w.Key, StringComparer.Ordinal).ToDictionary(
            w => w.Key,
            w => new LedgerTotals(
                w.Where(r => r.Entry == LedgerProjection.Accepted).Sum(r => r.Total),
                w.Where(r => r.Entry != LedgerProjection.Accepted).ToDictionary(r => r.Entry, r => r.Total)));
        return (workspaces, await new Checkpoints(database.Sql).Read(LedgerProjection.LoopName, ct));
    }

    /// <summary>Removes records of unknown outcomes that are too old to be settled.</summary>
    public async Task ForgetUnknown(DateTimeOffset before, CancellationToken ct)
    {
        await using var write = await Checkpoints.WriteInTurn(database.Sql, LedgerProjection.LoopName, ct);
        await write.Connection.ExecuteAsync(
            "DELETE FROM ledger_unknown WHERE ended_at < @At", new { At = before.UtcTicks }, write.Transaction);
        await write.Commit(ct);
    }
}
