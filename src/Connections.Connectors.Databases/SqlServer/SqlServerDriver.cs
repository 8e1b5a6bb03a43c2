using System.Data;
using Connections.Connectors.Databases;
using Connections.Connectors.Pipeline;
using Connections.Domain;
using Microsoft.Data.SqlClient;

namespace Connections.Connectors.SqlServer;

/// <summary>Opens one physical connection: the line and its encryption here, the sign-in by the library.</summary>
internal sealed class SqlServerDriver(DatabaseTransportFactory transports, TimeProvider clock) : IDatabaseDriver<SqlServerSession>
{
    private const string Identity = """
        SELECT SUSER_SNAME(), DB_NAME(), CAST(SERVERPROPERTY('ServerName') AS nvarchar(256)),
          (SELECT CAST(service_broker_guid AS nvarchar(36)) FROM sys.databases WHERE database_id = DB_ID())
        """;

    private const int MaxLength = 128;

    public async Task<OpenResult<SqlServerSession>> Open(DatabaseSettings settings, Secret credentials, ProbeSteps steps,
        CancellationToken ct)
    {
        if (Objection(settings, credentials) is { } invalid) return new OpenResult<SqlServerSession>(null, steps.Fail(
            "resolve", new ConnectorResult.Failed(FailureKind.InvalidInput, invalid, Delivered.No, Answered: true)));
        var transport = await transports.Open(settings, credentials, steps, ct);
        if (transport.Failure is { } unreachable) return new OpenResult<SqlServerSession>(null, unreachable);
        var wire = new SqlServerWire(settings, transport.Certificate!, clock);
        var (line, objection) = await wire.Open(transport.Socket!, ct);
        if (objection is not null) return await Fail("tls", objection);
        if (settings.Encrypted) steps.Ok("tls", settings.Verified ? "Encrypted, certificate verified." : "Encrypted.");
        else steps.Skipped("tls", "Disabled by the setting tls.");

        var (session, failure) = await new SqlServerSignIn(settings, credentials, transport, wire, clock).Run(line!, ct);
        if (failure is not null) return await Fail("signIn", failure);
        steps.Ok("signIn", $"Signed in as {credentials.Field("username")}.");
        return new OpenResult<SqlServerSession>(session, null);

        async Task<OpenResult<SqlServerSession>> Fail(string step, ConnectorResult.Failed failed)
        {
            await transport.DisposeAsync();
            return new OpenResult<SqlServerSession>(null,
                steps.Fail(step, transport.Explain(failed), step == "tls" ? transport.Certificate?.Presented : null));
        }
    }

    public async Task<(string User, string? Server)> Identify(SqlServerSession session, CancellationToken ct)
    {
        session.RenewAllowance();
        await using var command = session.Command(Identity);
        await using var reader = await command.ExecuteReaderAsync(CommandBehavior.SequentialAccess, ct);
        await reader.ReadAsync(ct);
        var found = Enumerable.Range(0, 4).Select(i => SqlServerValue.ShortText(reader, i)).ToArray();
        // The name of the server changes when Azure moves a database; the identifier of the database does not.
        var server = found[3].Length > 0 ? found[3].ToLowerInvariant() : found[2];
        return (found[0], server.Length == 0 ? null : string.Join('/', server, found[1], found[0]));
    }

    private static string? Objection(DatabaseSettings settings, Secret credentials) =>
        settings.Host.Contains('\\', StringComparison.Ordinal) ? "Enter the port of a named instance instead of its name."
        : new[] { settings.Database, credentials.Field("username"), credentials.Field("password") }.Any(text => text?.Length > MaxLength)
            ? $"User name, password and database have at most {MaxLength} characters."
            : null;

    public ConnectorResult.Failed? ToFailure(Exception e) =>
        e is SqlException error && SqlServerFailures.Answered(error) is { } answered
            ? SqlServerFailures.AtStatement(answered.Number, answered.Message) : null;
}
