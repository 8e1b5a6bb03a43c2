using System.Net.Sockets;
using Connections.Domain;
using Npgsql;

namespace Connections.Connectors.Postgres;

/// <summary>Signs in once, outside the pool, and looks who and where it is.</summary>
internal sealed class PostgresProbe(PostgresDoor door, TimeProvider clock)
{
    public async Task<ProbeResult> Run(
        ConnectionUse use, PostgresSettings settings, IReadOnlyList<AccountIdentity> typed, CancellationToken ct)
    {
        var steps = new ProbeSteps(clock);
        var opening = await door.Open(settings, use.Credentials, steps, ct);
        if (opening.Failure is { } failure) return Failed(steps, failure, use.Credentials);

        await using var session = opening.Session!;
        try
        {
            var (user, server) = await Identify(session, ct);
            var display = settings.Display(user);
            steps.Ok("identify", display);
            return server is null
                ? new ProbeResult(steps.Taken, new Account(null, display, "address"), typed, null)
                : new ProbeResult(steps.Taken, new Account(server, display, "server"), [new AccountIdentity("server", server), .. typed], null);
        }
        catch (PostgresException e)
        {
            return Failed(steps, steps.Fail("identify", PostgresFailures.AtStatement(e)), use.Credentials);
        }
        catch (OperationCanceledException)
        {
            return Failed(steps, steps.Fail("identify", new ConnectorResult.Failed(
                FailureKind.Timeout, "The server did not answer in time after signing in.", Delivered.No)), use.Credentials);
        }
        catch (Exception e) when (e is NpgsqlException or IOException or SocketException)
        {
            var lost = PostgresFailures.Lost("The connection broke after signing in.", Delivered.No);
            return Failed(steps, steps.Fail("identify", lost), use.Credentials);
        }
    }

    private static async Task<(string User, string? Server)> Identify(PostgresSession session, CancellationToken ct)
    {
        var user = await Row(session, "SELECT current_user::text", ct);
        try
        {
            // a standby has its primary's identifier, and is another place to connect to
            var server = await Row(
                session,
                """
                SELECT (SELECT system_identifier FROM pg_control_system()), CASE WHEN pg_is_in_recovery() THEN 'standby' ELSE 'primary' END,
                  (SELECT oid FROM pg_database WHERE datname = current_database()), current_user
                """,
                ct);
            return (user[0], string.Join('/', server));
        }
        catch (PostgresException e) when (!e.SqlState.StartsWith("57", StringComparison.Ordinal))
        {
            return (user[0], null); // not permitted here, or not PostgreSQL's own server
        }
    }

    private static async Task<string[]> Row(PostgresSession session, string sql, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(sql, session.Connection) { AllResultTypesAreUnknown = true };
        await using var reader = await command.ExecuteReaderAsync(ct);
        await reader.ReadAsync(ct);
        return [.. Enumerable.Range(0, reader.FieldCount).Select(reader.GetString)];
    }

    private static ProbeResult Failed(ProbeSteps steps, ConnectorResult.Failed failure, Secret credentials)
    {
        var cleansed = PostgresConnector.Cleansed(failure, credentials);
        var taken = steps.Taken.Select(s => s.Message == failure.Message ? s with { Message = cleansed.Message } : s).ToList();
        return new ProbeResult(taken, null, [], cleansed);
    }
}
