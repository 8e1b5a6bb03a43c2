using Dapper;
using EventSourcing.Sql.Loops;
using Npgsql;

namespace EventSourcing.Sql.Rebuilds;

/// <summary>Replaces the old tables by the new ones, and the checkpoint with them, in one transaction.</summary>
internal sealed class TableSwap(PostgresDatabase live, string schema, string beside, IProjection projection)
{
    private const int MaxAttempts = 30;

    // A short lock timeout: running readers of the old tables can finish, and new ones do not queue behind the swap for longer.
    private const string SwapTimeouts = "SET LOCAL lock_timeout = '2s'; SET LOCAL idle_in_transaction_session_timeout = '60s'";

    private static readonly TimeSpan MaxHold = TimeSpan.FromSeconds(10);

    /// <param name="fill">Fills the new rows up to at least a position, and returns the position reached.</param>
    /// <exception cref="RebuildException">The old tables were in use at each attempt.</exception>
    public async Task Run(Func<long, CancellationToken, Task<long>> fill, CancellationToken ct)
    {
        for (var attempt = 1; attempt <= MaxAttempts; attempt++)
        {
            await fill(await new Checkpoints(live).Read(projection.Name, ct), ct); // leaves little to do while the loop waits
            using var holdTimeout = new CancellationTokenSource(MaxHold, TimeProvider.System);
            using var linked = CancellationTokenSource.CreateLinkedTokenSource(holdTimeout.Token, ct);
            try
            {
                await Once(fill, linked.Token);
                return;
            }
            catch (PostgresException busy) when (busy.SqlState is PostgresErrorCodes.LockNotAvailable or PostgresErrorCodes.DeadlockDetected)
            {
                // Rolled back: readers and writers that hold locks continue.
            }
            catch (OperationCanceledException) when (!ct.IsCancellationRequested)
            {
                // Rolled back: the loop has waited long enough.
            }
        }

        throw new RebuildException(
            $"The tables of {projection.Name} were in use at each of {MaxAttempts} attempts. The live tables are unchanged.");
    }

    private async Task Once(Func<long, CancellationToken, Task<long>> fill, CancellationToken ct)
    {
        await using var write = await live.BeginWrite(ct);
        await Execute(write, SwapTimeouts, ct);
        // The loop moves its checkpoint first, and other writers of these rows lock it too: from here on all of them wait.
        await Execute(write, "INSERT INTO checkpoints (name, position) VALUES (@Name, @Start) ON CONFLICT (name) DO NOTHING", ct);
        var wanted = await write.Connection.ExecuteScalarAsync<long>(Command(
            write, "SELECT position FROM checkpoints WHERE name = @Name FOR UPDATE", new { projection.Name }, ct));
        var reached = await fill(wanted, ct);
        var tables = (await write.Connection.QueryAsync<string>(Command(
            write,
            "SELECT tablename FROM pg_tables WHERE schemaname = @beside AND tablename NOT IN ('checkpoints', 'schema_versions') ORDER BY tablename",
            new { beside },
            ct))).AsList();
        // All locks at once: a reader of several tables runs either before the swap or after it.
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
