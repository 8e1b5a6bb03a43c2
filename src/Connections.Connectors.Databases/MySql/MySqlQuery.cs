using System.Globalization;
using System.Net.Sockets;
using System.Text.Json;
using Connections.Connectors.Databases;
using Connections.Domain;
using MySqlConnector;

namespace Connections.Connectors.MySql;

/// <summary>
/// Runs one statement in its own transaction: read-only and rolled back, or committed. The statement is prepared at the server, because a
/// prepared statement cannot contain a second one.
/// </summary>
internal sealed class MySqlQuery(DatabaseSettings settings, MySqlStatement statement, int maxRows, TimeProvider clock) : IDatabaseQuery<MySqlSession>
{
    private static readonly TimeSpan CommitLimit = TimeSpan.FromSeconds(15);

    // Fixes how the server reads strings and names, independent of its configuration: no ANSI_QUOTES, no NO_BACKSLASH_ESCAPES.
    private const string Modes = "sql_mode = 'STRICT_TRANS_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION', time_zone = '+00:00'";

    private bool prepared;
    private bool committing;

    public async Task<ConnectorResult?> Run(MySqlSession session, TimeSpan? left, CancellationToken ct)
    {
        try
        {
            await session.Execute(Beginning(session, left), ct);
            prepared = true;
            if (statement.Objection is { } objection) return await Refused(session, objection, ct);
            var output = await Answer(session, ct);
            if (settings.AllowWrites) await Commit(session);
            return new ConnectorResult.Done(output);
        }
        catch (Exception e) when (e is OperationCanceledException || (ct.IsCancellationRequested && IsLost(e)))
        {
            session.Spoilt = true; // a late cancellation could hit the next statement of the session
            return committing
                ? new ConnectorResult.Failed(FailureKind.Timeout, "The server did not confirm the commit in time.", Delivered.Maybe)
                : new ConnectorResult.Failed(
                    FailureKind.Timeout, "The statement exceeded the timeout and was cancelled.", Undone, Answered: true);
        }
        catch (MySqlException e) when (!Broken(e))
        {
            return await Answered(session, e);
        }
        catch (Exception e) when (IsLost(e))
        {
            return Lost(session);
        }
        catch (Exception e) when (e is not OutOfMemoryException) // a foreign server can make the library fail in any way
        {
            session.Spoilt = true;
            return new ConnectorResult.Failed(
                FailureKind.InvalidInput, "The statement uses a protocol feature that queries do not support.", Undone, Answered: true);
        }
    }

    // Changes to non-transactional tables and statements that commit implicitly (DDL) cannot be rolled back.
    private Delivered Undone => !prepared || !settings.AllowWrites ? Delivered.No : Delivered.Maybe;

    private string Beginning(MySqlSession session, TimeSpan? left)
    {
        var milliseconds = left is { } time ? Math.Max(1, (long)time.TotalMilliseconds) : 0;
        var limit = session.IsMariaDb
            ? $"max_statement_time = {(milliseconds / 1000m).ToString(CultureInfo.InvariantCulture)}"
            : $"max_execution_time = {milliseconds.ToString(CultureInfo.InvariantCulture)}";
        return settings.AllowWrites
            ? $"SET SESSION {Modes}, {limit}; START TRANSACTION READ WRITE"
            : $"SET SESSION TRANSACTION READ ONLY; SET SESSION {Modes}, {limit}, sql_select_limit = {maxRows + 1}; START TRANSACTION READ ONLY";
    }

    // Preparing a statement does not run it. A misspelt one gets the server's syntax error instead of the objection.
    private async Task<ConnectorResult> Refused(MySqlSession session, string objection, CancellationToken ct)
    {
        await using var command = new MySqlCommand(session.MakeUnique(statement.Text), session.Connection);
        await command.PrepareAsync(ct);
        return new ConnectorResult.Failed(FailureKind.InvalidInput, objection, Delivered.No, Answered: true);
    }

    private async Task<JsonElement> Answer(MySqlSession session, CancellationToken ct)
    {
        await using var command = new MySqlCommand { Connection = session.Connection };
        statement.Fill(command);
        command.CommandText = session.MakeUnique(statement.Text);
        session.RenewAllowance();
        await command.PrepareAsync(ct);
        return await MySqlRows.Read(command, session, maxRows, stopEarly: !settings.AllowWrites, ct);
    }

    private async Task Commit(MySqlSession session)
    {
        // Do not pass the caller's token: a cancelled commit would leave the outcome unknown.
        using var limit = new CancellationTokenSource(CommitLimit, clock);
        committing = true;
        await session.Execute("COMMIT", limit.Token);
    }

    private async Task<ConnectorResult?> Answered(MySqlSession session, MySqlException e)
    {
        var fatal = MySqlFailures.IsFatal(e.Number);
        if (fatal && !prepared && session.Reused) return Stale(session);
        session.Spoilt |= fatal;
        var failure = prepared
            ? MySqlFailures.AtStatement(e.Number, e.SqlState, e.Message)
            : MySqlFailures.BeforeStatement(e.Number, e.SqlState, e.Message);
        if (!settings.AllowWrites || !prepared || failure.Delivered == Delivered.Yes) return failure;
        return failure with { Delivered = await RolledBack(session) ? Delivered.No : Delivered.Maybe };
    }

    private async Task<bool> RolledBack(MySqlSession session)
    {
        if (committing || session.Spoilt || statement.Word is not ("INSERT" or "UPDATE" or "DELETE" or "REPLACE" or "SELECT" or "WITH")) return false;
        using var limit = new CancellationTokenSource(CommitLimit, clock);
        try
        {
            await session.Execute("ROLLBACK", limit.Token);
            // The rollback warns if non-transactional tables stay changed.
            await using var warnings = new MySqlCommand("SHOW COUNT(*) WARNINGS", session.Connection);
            return Convert.ToInt64(await warnings.ExecuteScalarAsync(limit.Token), CultureInfo.InvariantCulture) == 0;
        }
        catch (Exception e) when (e is MySqlException or OperationCanceledException or IOException or InvalidOperationException)
        {
            session.Spoilt = true;
            return false;
        }
    }

    private ConnectorResult? Lost(MySqlSession session)
    {
        if (!prepared && session.Reused) return Stale(session);
        session.Spoilt = true;
        if (session.Problem is not null) return new ConnectorResult.Failed(
            FailureKind.InvalidInput, "The response contains a row that is too large to read, or is too long: request less.", Undone, Answered: true);
        return committing
            ? MySqlFailures.Lost("The connection broke while the transaction was committed.", Delivered.Maybe)
            : MySqlFailures.Lost("The connection broke before the statement finished.", Undone);
    }

    private static bool IsLost(Exception e) =>
        e is IOException or SocketException or ObjectDisposedException || (e is MySqlException failure && Broken(failure));

    private static ConnectorResult? Stale(MySqlSession session)
    {
        session.Spoilt = true;
        return null;
    }

    // Connection failures of the library have an inner exception or no server error number.
    private static bool Broken(MySqlException e) =>
        e.InnerException is IOException or SocketException || e.Number <= 0 || e.ErrorCode == MySqlErrorCode.UnableToConnectToHost;
}
