using Dapper;
using EventSourcing.Sql.Loops;
using Npgsql;

namespace EventSourcing.Sql.Rebuilds;

/// <summary>New tables in the place of the old ones, and the checkpoint with them, in one transaction.</summary>
internal sealed class TableSwap(PostgresDatabase live, string schema, string beside, IProjection projection)
{
    private const int Tries = 30;

    // who reads the old tables ends in good time, and nobody new waits behind us for longer than this
    private const string WaitNoLonger = "SET LOCAL lock_timeout = '2s'; SET LOCAL idle_in_transaction_session_timeout = '60s'";

    private static readonly TimeSpan HoldNoLonger = TimeSpan.FromSeconds(10);

    /// <param name="fill">Brings the new rows up to a position at least; answers where they then are.</param>
    /// <exception cref="RebuildException">The old tables were in use each time.</exception>
    public async Task Run(Func<long, CancellationToken, Task<long>> fill, CancellationToken ct)
    {
        for (var tried = 1; tried <= Tries; tried++)
        {
            await fill(await new Checkpoints(live).Read(projection.Name, ct), ct); // so that little is left to do while the loop waits
            using var late = new CancellationTokenSource(HoldNoLonger, TimeProvider.System);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, ct);
            try
            {
                await Once(fill, either.Token);
                return;
            }
            catch (PostgresException busy) when (busy.SqlState is PostgresErrorCodes.LockNotAvailable or PostgresErrorCodes.DeadlockDetected)
            {
                // rolled back: who was there first goes on
            }
            catch (OperationCanceledException) when (!ct.IsCancellationRequested)
            {
                // rolled back: the loop has waited long enough
            }
        }

        throw new RebuildException($"The tables of {projection.Name} were in use at each of {Tries} tries; the live ones are as they were.");
    }

    private async Task Once(Func<long, CancellationToken, Task<long>> fill, CancellationToken ct)
    {
        await using var write = await live.BeginWrite(ct);
        await Execute(write, WaitNoLonger, ct);
        // the loop moves its checkpoint first, and whoever else writes to these rows takes turns with it there: from here on all of them wait
        await Execute(write, "INSERT INTO checkpoints (name, position) VALUES (@Name, @Start) ON CONFLICT (name) DO NOTHING", ct);
        var wanted = await write.Connection.ExecuteScalarAsync<long>(Command(
            write, "SELECT position FROM checkpoints WHERE name = @Name FOR UPDATE", new { projection.Name }, ct));
        var reached = await fill(wanted, ct);
        var tables = (await write.Connection.QueryAsync<string>(Command(
            write,
            "SELECT tablename FROM pg_tables WHERE schemaname = @beside AND tablename NOT IN ('checkpoints', 'schema_versions') ORDER BY tablename",
            new { beside },
            ct))).AsList();
        // all at once: a reader of several tables is met before it begins, or when it is done
        await Execute(write, $"LOCK TABLE {string.Join(", ", tables.Select(t => $"\"{schema}\".\"{t}\""))} IN ACCESS EXCLUSIVE MODE", ct);
        foreach (var table in tables)
        {
            await Execute(write, $"DROP TABLE \"{schema}\".\"{table}\"", ct);
            await Execute(write, $"ALTER TABLE \"{beside}\".\"{table}\" SET SCHEMA \"{schema}\"", ct);
        }

        await write.Connection.ExecuteAsync(Command(
            write, "UPDATE checkpoints SET position = @reached WHERE name = @Name", new { reached, projection.Name }, ct));
        await write.Commit(ct);
    }

    private Task<int> Execute(SqlWrite write, string sql, CancellationToken ct) =>
        write.Connection.ExecuteAsync(Command(write, sql, new { projection.Name, Position.Start }, ct));

    private static CommandDefinition Command(SqlWrite write, string sql, object parameters, CancellationToken ct) =>
        new(sql, parameters, write.Transaction, cancellationToken: ct);
}
