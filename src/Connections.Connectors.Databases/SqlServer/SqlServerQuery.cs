using System.Net.Sockets;
using System.Text.Json;
using Connections.Connectors.Databases;
using Connections.Domain;
using Microsoft.Data.SqlClient;

namespace Connections.Connectors.SqlServer;

/// <summary>Runs one statement in its own transaction: rolled back if it only reads, otherwise committed.</summary>
internal sealed class SqlServerQuery(DatabaseSettings settings, SqlServerStatement statement, int maxRows, TimeProvider clock)
    : IDatabaseQuery<SqlServerSession>
{
    private const string Begin = "SET XACT_ABORT ON; SET LANGUAGE us_english; SET DATEFORMAT ymd; BEGIN TRANSACTION";
    private const string End = "DECLARE @open int = @@TRANCOUNT; IF @open = 1 COMMIT ELSE IF @open > 1 ROLLBACK; SELECT @open";
    private static readonly TimeSpan CommitLimit = TimeSpan.FromSeconds(15);

    private bool prepared;
    private bool committing;

    public async Task<ConnectorResult?> Run(SqlServerSession session, TimeSpan? left, CancellationToken ct)
    {
        try
        {
            await session.Execute(Begin, ct);
            prepared = true;
            var output = await Answer(session, ct);
            return settings.AllowWrites && await Commit(session) is { } problem ? problem : new ConnectorResult.Done(output);
        }
        catch (SqlException e) when (!ct.IsCancellationRequested && SqlServerFailures.Answered(e) is { } error)
        {
            session.Spoilt |= SqlServerFailures.IsFatal(error);
            var failure = SqlServerFailures.AtStatement(error.Number, error.Message);
            var undone = statement.OnlyChangesRows && !session.Spoilt;
            return committing || (failure.Delivered == Delivered.No && !undone) ? failure with { Delivered = Undone } : failure;
        }
        catch (UnreadableColumnException e)
        {
            session.Spoilt = true;
            return new ConnectorResult.Failed(FailureKind.InvalidInput, e.Message, Undone, Answered: true);
        }
        catch (Exception e) when (e is OperationCanceledException || (ct.IsCancellationRequested && IsLost(e)))
        {
            session.Spoilt = true;
            return committing
                ? new ConnectorResult.Failed(FailureKind.Timeout, "The server did not confirm the commit in time.", Delivered.Maybe)
                : new ConnectorResult.Failed(FailureKind.Timeout, "The statement exceeded the timeout and was cancelled.", Undone,
                    Answered: true);
        }
        catch (Exception e) when (IsLost(e) || (session.Problem is not null && e is not OutOfMemoryException))
        {
            session.Spoilt = true;
            if (session.Problem is not null && !committing) return new ConnectorResult.Failed(
                FailureKind.InvalidInput, "The response contains a row that is too large to read, or is too long: request less.", Undone,
                    Answered: true);
            return committing
                ? SqlServerFailures.Lost("The connection broke while the transaction was committed.", Delivered.Maybe)
                : SqlServerFailures.Lost("The connection broke before the statement finished.", Undone);
        }
        catch (Exception e) when (e is not OutOfMemoryException) // a foreign server can make the library fail in any way
        {
            session.Spoilt = true;
            return new ConnectorResult.Failed(
                FailureKind.InvalidInput, "The statement uses a protocol feature that queries do not support.", Undone, Answered: true);
        }
    }

    // A procedure may commit by itself, or have effects that no rollback undoes.
    private Delivered Undone => !prepared || !settings.AllowWrites ? Delivered.No : Delivered.Maybe;

    private async Task<JsonElement> Answer(SqlServerSession session, CancellationToken ct)
    {
        await using var command = session.Command(statement.Text);
        foreach (var (name, value) in statement.Values) command.Parameters.Add(SqlServerValue.Parameter($"@{name}", value));
        session.RenewAllowance();
        return await SqlServerRows.Read(command, session, maxRows, stopEarly: !settings.AllowWrites, ct);
    }

    /// <returns>A failure if the statement has left another number of transactions than its own one.</returns>
    private async Task<ConnectorResult.Failed?> Commit(SqlServerSession session)
    {
        // Do not pass the caller's token: a cancelled commit would leave the outcome unknown.
        using var limit = new CancellationTokenSource(CommitLimit, clock);
        committing = true;
        return await session.Execute(End, limit.Token) switch
        {
            1 => null,
            null => SqlServerFailures.Lost("The server did not confirm the commit.", Delivered.Maybe),
            0 => new ConnectorResult.Failed(
                FailureKind.InvalidInput, "The statement ended the transaction of the call: its changes may be committed or rolled back.",
                    Delivered.Maybe, Answered: true),
            _ => new ConnectorResult.Failed(
                FailureKind.InvalidInput, "The statement left a transaction open, so all was rolled back.", Delivered.Yes, Answered: true)
        };
    }

    private static bool IsLost(Exception e) =>
        e is SqlException or IOException or SocketException or ObjectDisposedException or InvalidOperationException;
}
