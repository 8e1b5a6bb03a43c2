using Connections.Connectors.Databases;
using Connections.Connectors.Pipeline;
using Connections.Domain;
using Npgsql;

namespace Connections.Connectors.Postgres;

/// <summary>
/// Opens one physical connection. The line to the server is opened and encrypted here, so that each failure is distinguished and a guard sees
/// what the server sends. Npgsql then gets the line through a relay, and signs in once.
/// </summary>
internal sealed class PostgresDriver(DatabaseTransportFactory transports, TimeProvider clock) : IDatabaseDriver<PostgresSession>
{
    public async Task<OpenResult<PostgresSession>> Open(DatabaseSettings settings, Secret credentials, ProbeSteps steps, CancellationToken ct)
    {
        var transport = await transports.Open(settings, credentials, steps, ct);
        if (transport.Failure is { } unreachable) return new OpenResult<PostgresSession>(null, unreachable);
        var wire = new PostgresWire(settings, transport.Endpoint!, transport.Certificate!, clock);
        var (line, objection) = await wire.Open(transport.Socket!, ct);
        if (objection is not null) return await Fail("tls", objection);
        if (wire.Encrypted) steps.Ok("tls", settings.Verified ? "Encrypted, certificate verified." : "Encrypted.");
        else steps.Skipped("tls", settings.Encrypted ? "The server does not encrypt." : "Disabled by the setting tls.");

        var signIn = new PostgresSignIn(settings, credentials, transport, wire, clock);
        var (session, failure) = await signIn.Run(line!, ct);
        if (failure is not null && wire.Encrypted && !settings.MustEncrypt && signIn.NotAdmitted)
        {
            // As libpq does with "prefer": a rule of pg_hba.conf may admit the user on unencrypted lines only.
            if ((await wire.OpenPlain(ct)).Line is { } plain) session = (await signIn.Run(plain, ct)).Session;
            if (session is not null) failure = null;
        }

        if (failure is not null) return await Fail("signIn", failure);
        steps.Ok("signIn", $"Signed in as {credentials.Field("username")}{(settings.Encrypted && !wire.Encrypted ? ", not encrypted" : "")}.");
        return new OpenResult<PostgresSession>(session, null);

        async Task<OpenResult<PostgresSession>> Fail(string step, ConnectorResult.Failed failed)
        {
            await transport.DisposeAsync();
            return new OpenResult<PostgresSession>(null, steps.Fail(step, transport.Explain(failed), step == "tls" ? transport.Certificate?.Presented : null));
        }
    }

    public async Task<(string User, string? Server)> Identify(PostgresSession session, CancellationToken ct)
    {
        var user = await Row(session, "SELECT current_user::text", ct);
        try
        {
            // A standby has the identifier of its primary but is a different server, so the identity includes the role.
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
            return (user[0], null); // not permitted, or a server that only speaks PostgreSQL's protocol
        }
    }

    public ConnectorResult.Failed? ToFailure(Exception e) => e is PostgresException error ? PostgresFailures.BeforeStatement(error) : null;

    private static async Task<string[]> Row(PostgresSession session, string sql, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(sql, session.Connection) { AllResultTypesAreUnknown = true };
        await using var reader = await command.ExecuteReaderAsync(ct);
        await reader.ReadAsync(ct);
        return [.. Enumerable.Range(0, reader.FieldCount).Select(reader.GetString)];
    }
}
