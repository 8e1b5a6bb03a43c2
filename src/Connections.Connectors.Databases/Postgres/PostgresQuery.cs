using System.Globalization;
using System.Net.Sockets;
using System.Text.Json;
using Connections.Connectors.Databases;
using Connections.Domain;
using Npgsql;

namespace Connections.Connectors.Postgres;

/// <summary>Runs one statement in its own transaction: read-only and rolled back, or committed.</summary>
internal sealed class PostgresQuery(DatabaseSettings settings, SqlStatement statement, int maxRows, TimeProvider clock)
    : IDatabaseQuery<PostgresSession>
{
    private static readonly TimeSpan CommitLimit = TimeSpan.FromSeconds(15);

    // Fixes the text form of all values, independent of the settings of server, database and role. The query also takes a snapshot, after
    // which the transaction cannot leave read-only mode.
    private const string Prepare = """
        SELECT set_config('standard_conforming_strings', 'on', true), set_config('DateStyle', 'ISO, YMD', true),
          set_config('IntervalStyle', 'iso_8601', true), set_config('TimeZone', 'UTC', true), set_config('bytea_output', 'hex', true),
          set_config('extra_float_digits', '1', true), set_config('quote_all_identifiers', 'off', true),
          set_config('statement_timeout', $1, true),
          set_config('idle_in_transaction_session_timeout', '60000', true)
        """;

    private bool prepared;
    private bool committing;

    /// <summary>Null if a reused session turned out to be closed before anything was sent.</summary>
    public async Task<ConnectorResult?> Run(PostgresSession session, TimeSpan? left, CancellationToken ct)
    {
        try
        {
            await Begin(session, left, ct);
            var output = await Answer(session, ct);
            if (settings.AllowWrites) await Commit(session);
            return new ConnectorResult.Done(output);
        }
        catch (PostgresException e)
        {
            if (!prepared && session.Reused && IsFatal(e)) return Stale(session);
            session.Spoilt |= IsFatal(e) || ct.IsCancellationRequested;
            return prepared ? PostgresFailures.AtStatement(e) : PostgresFailures.BeforeStatement(e);
        }
        catch (Exception e) when (e is OperationCanceledException || (ct.IsCancellationRequested && IsLost(e)))
        {
            session.Spoilt = true; // a late cancellation could hit the next statement of the session
            return committing
                ? new ConnectorResult.Failed(FailureKind.Timeout, "The server did not confirm the commit in time.", Delivered.Maybe)
                : new ConnectorResult.Failed(
                    FailureKind.Timeout, "The statement exceeded the timeout and was cancelled.", Delivered.No, Answered: true);
        }
        catch (Exception e) when (IsLost(e))
        {
            if (!prepared && session.Reused) return Stale(session);
            session.Spoilt = true;
            if (session.Problem is { } problem && !committing) return new ConnectorResult.Failed(
                FailureKind.InvalidInput, $"The response cannot be read, because the server sent {problem}: request less.", Delivered.No, Answered: true);
            return committing
                ? PostgresFailures.Lost("The connection broke while the transaction was committed.", Delivered.Maybe)
                : PostgresFailures.Lost("The connection broke before the statement finished; nothing was committed.", Delivered.No);
        }
        catch (Exception e) when (e is not OutOfMemoryException) // a foreign server can make a driver fail in any way
        {
            session.Spoilt = true;
            return new ConnectorResult.Failed(
                FailureKind.InvalidInput, "The statement uses a protocol feature that queries do not support.", Delivered.No, Answered: true);
        }
    }

    private async Task Begin(PostgresSession session, TimeSpan? left, CancellationToken ct)
    {
        await using var batch = new NpgsqlBatch(session.Connection);
        batch.BatchCommands.Add(new NpgsqlBatchCommand(settings.AllowWrites ? "BEGIN" : "BEGIN TRANSACTION READ ONLY"));
        var milliseconds = left is { } time ? Math.Max(1, (long)time.TotalMilliseconds) : 0;
        batch.BatchCommands.Add(new NpgsqlBatchCommand(Prepare)
        {
            Parameters = { new NpgsqlParameter { Value = milliseconds.ToString(CultureInfo.InvariantCulture) } }
        });
        if (!settings.AllowWrites) batch.BatchCommands.Add(new NpgsqlBatchCommand("SELECT set_config('default_transaction_read_only', 'on', false)"));
        await batch.ExecuteNonQueryAsync(ct);
        prepared = true;
    }

    private async Task<JsonElement> Answer(PostgresSession session, CancellationToken ct)
    {
        PostgresRows rows;
        await using (var command = new NpgsqlCommand { Connection = session.Connection, AllResultTypesAreUnknown = true })
        {
            statement.Fill(command);
            session.ReadRows(inParts: true);
            try
            {
                rows = await PostgresRows.Read(command, maxRows, stopEarly: !settings.AllowWrites, ct);
            }
            finally
            {
                session.ReadRows(inParts: false);
            }
        }

        session.Spoilt |= rows.Abandoned;
        return rows.ToJson(await Types(rows, session, ct));
    }

    private static async Task<PostgresTypes> Types(PostgresRows rows, PostgresSession session, CancellationToken ct)
    {
        var oids = rows.Columns.Select(c => c.TypeOid).ToList();
        if (!rows.Abandoned) return await PostgresTypes.Load(oids, session, ct);
        try
        {
            await session.Execute("ROLLBACK; SET quote_all_identifiers = off", ct);
            return await PostgresTypes.Load(oids, session, ct);
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.QueryCanceled && !ct.IsCancellationRequested)
        {
            return await PostgresTypes.Load(oids, session, ct); // a late cancellation by this service
        }
    }

    private async Task Commit(PostgresSession session)
    {
        // Do not pass the caller's token: a cancelled commit would leave the outcome unknown.
        using var limit = new CancellationTokenSource(CommitLimit, clock);
        committing = true;
        await session.Execute("COMMIT", limit.Token);
    }

    private static ConnectorResult? Stale(PostgresSession session)
    {
        session.Spoilt = true;
        return null;
    }

    private static bool IsLost(Exception e) => e is NpgsqlException or IOException or SocketException or ObjectDisposedException;

    private static bool IsFatal(PostgresException e) => e.InvariantSeverity is "FATAL" or "PANIC";
}
