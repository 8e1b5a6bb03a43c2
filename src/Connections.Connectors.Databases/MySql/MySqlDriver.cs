using System.Net.Sockets;
using Connections.Connectors.Databases;
using Connections.Connectors.Pipeline;
using Connections.Domain;
using MySqlConnector;

namespace Connections.Connectors.MySql;

/// <summary>
/// Opens one physical connection. The server sends first, so the greeting is read before the MySQL library gets the same connection. A
/// separate connection for the greeting would count as aborted at the server, which blocks an address after too many of them.
/// </summary>
internal sealed class MySqlDriver(DatabaseTransportFactory transports, TimeProvider clock) : IDatabaseDriver<MySqlSession>
{
    private const string DoesNotEncrypt = "The server does not encrypt (TLS is off): choose tls \"prefer\" or \"disable\", or enable TLS on the server.";
    private static readonly TimeSpan GreetingLimit = TimeSpan.FromSeconds(10);

    public async Task<OpenResult<MySqlSession>> Open(DatabaseSettings settings, Secret credentials, ProbeSteps steps, CancellationToken ct)
    {
        var transport = await transports.Open(settings, credentials, steps, ct);
        if (transport.Failure is { } unreachable) return new OpenResult<MySqlSession>(null, unreachable);
        var greeting = await Greeting(transport.Socket!, ct);
        if (greeting.Failure is { } rejected) return await Fail(greeting.Bytes.Length > 0 ? "signIn" : "connect", rejected);
        if (settings.MustEncrypt && !greeting.CanEncrypt)
            return await Fail("tls", new ConnectorResult.Failed(FailureKind.Unavailable, DoesNotEncrypt, Delivered.No, Answered: true));

        var encrypt = settings.Encrypted && greeting.CanEncrypt;
        if (!encrypt) steps.Skipped("tls", settings.Encrypted ? "The server does not encrypt." : "Disabled by the setting tls.");
        var wire = new MySqlWire(
            transport.Endpoint!, greeting.Bytes, transport.Certificate!,
            () => steps.Ok("tls", settings.Verified ? "Encrypted, certificate verified." : "Encrypted."));
        var signIn = new MySqlSignIn(settings, credentials, transport, wire, encrypt, clock);
        var (session, failure) = await signIn.Run(ct);
        if (failure is not null) return await Fail(encrypt && !wire.Encrypted ? "tls" : "signIn", failure);
        steps.Ok("signIn", $"Signed in as {credentials.Field("username")}.");
        return new OpenResult<MySqlSession>(session, null);

        async Task<OpenResult<MySqlSession>> Fail(string step, ConnectorResult.Failed failed)
        {
            await transport.DisposeAsync();
            return new OpenResult<MySqlSession>(null, steps.Fail(step, transport.Explain(failed), step == "tls" ? transport.Certificate?.Presented : null));
        }
    }

    public async Task<(string User, string? Server)> Identify(MySqlSession session, CancellationToken ct)
    {
        var user = (await Rows(session, "SELECT CURRENT_USER(), DATABASE()", ct))[0];
        var variables = (await Rows(session, "SHOW GLOBAL VARIABLES WHERE Variable_name IN ('server_uuid', 'server_uid', 'hostname', 'port')", ct))
            .ToDictionary(row => row[0], row => row[1], StringComparer.OrdinalIgnoreCase);
        var server = variables.GetValueOrDefault("server_uuid") is { Length: > 0 } uuid ? uuid
            : variables.GetValueOrDefault("server_uid") is { Length: > 0 } uid ? uid
            : variables.GetValueOrDefault("hostname") is { Length: > 0 } host ? $"{host}:{variables.GetValueOrDefault("port")}"
            : null;
        return (user[0], server is null ? null : string.Join('/', server, user[1], user[0]));
    }

    public ConnectorResult.Failed? ToFailure(Exception e) =>
        e is MySqlException { InnerException: null, Number: > 0 } error ? MySqlFailures.BeforeStatement(error.Number, error.SqlState, error.Message) : null;

    private async Task<MySqlGreeting> Greeting(Socket socket, CancellationToken ct)
    {
        using var limit = new CancellationTokenSource(GreetingLimit, clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, ct);
        try
        {
            return await MySqlGreeting.Read(socket, both.Token);
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            return new MySqlGreeting([], false, TimedOut("waiting for the server's greeting"));
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or SocketException)
        {
            return MySqlGreeting.NotMySql;
        }
    }

    private static async Task<List<string[]>> Rows(MySqlSession session, string sql, CancellationToken ct)
    {
        await using var command = new MySqlCommand(sql, session.Connection);
        await using var reader = await command.ExecuteReaderAsync(ct);
        var rows = new List<string[]>();
        while (await reader.ReadAsync(ct))
            rows.Add([.. Enumerable.Range(0, reader.FieldCount).Select(i => reader.IsDBNull(i) ? "" : reader.GetString(i))]);
        return rows;
    }

    private static ConnectorResult.Failed TimedOut(string what) => new(FailureKind.Timeout, $"The timeout passed while {what}.", Delivered.No);
}
