using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;
using Connections.Connectors.Databases;
using Connections.Connectors.Pipeline;
using Connections.Domain;
using Microsoft.Extensions.Logging.Abstractions;
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

        var encrypted = settings.Encrypted && greeting.CanEncrypt;
        if (!encrypted) steps.Skipped("tls", settings.Encrypted ? "The server does not encrypt." : "Disabled by the setting tls.");
        var handshake = new Handshake(
            transport.Certificate!, encrypted, () => steps.Ok("tls", settings.Verified ? "Encrypted, certificate verified." : "Encrypted."));
        var (session, failure) = await SignIn(settings, credentials, transport, greeting, handshake, ct);
        if (failure is not null) return await Fail(handshake.Done ? "signIn" : "tls", failure);
        steps.Ok("signIn", $"Signed in as {credentials.Field("username")}.");
        return new OpenResult<MySqlSession>(session, null);

        async Task<OpenResult<MySqlSession>> Fail(string step, ConnectorResult.Failed failed)
        {
            await transport.DisposeAsync();
            return new OpenResult<MySqlSession>(null, steps.Fail(step, transport.Explain(failed)));
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
        e is MySqlException { InnerException: null, Number: > 0 } error ? MySqlFailures.AtStatement(error.Number, error.Message) : null;

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

    private static async Task<OpenResult<MySqlSession>> SignIn(
        DatabaseSettings settings, Secret credentials, DatabaseTransport transport, MySqlGreeting greeting, Handshake handshake, CancellationToken ct)
    {
        var user = credentials.Field("username") ?? "";
        var relay = new Relay(transport.Socket!, greeting.Bytes, handshake.Encrypted ? handshake.Encrypt : null);
        var source = Source(settings, user, credentials.Field("password") ?? "", relay.Port, handshake);
        ConnectorResult.Failed failure;
        try
        {
            return new OpenResult<MySqlSession>(new MySqlSession(source, await source.OpenConnectionAsync(ct), relay, transport), null);
        }
        catch (OperationCanceledException)
        {
            failure = TimedOut("signing in");
        }
        catch (NotSupportedException)
        {
            failure = new ConnectorResult.Failed(
                FailureKind.InvalidInput, "The server requires an authentication method that is not supported.", Delivered.No, Answered: true);
        }
        catch (Exception e) when (e is MySqlException or IOException or SocketException or AuthenticationException or InvalidOperationException)
        {
            failure = handshake.Failure ?? (e is MySqlException { Number: > 0, ErrorCode: not MySqlErrorCode.UnableToConnectToHost } error
                ? MySqlFailures.AtSignIn(error.Number, error.Message, settings, user, handshake.Encrypted)
                : MySqlFailures.Lost("The server closed the connection or stopped responding while signing in.", Delivered.No));
        }

        await source.DisposeAsync();
        await relay.DisposeAsync();
        return new OpenResult<MySqlSession>(null, failure);
    }

    private static MySqlDataSource Source(DatabaseSettings settings, string user, string password, int port, Handshake handshake)
    {
        var builder = new MySqlDataSourceBuilder
        {
            ConnectionStringBuilder =
            {
                Server = IPAddress.Loopback.ToString(), Port = (uint)port, Database = settings.Database, UserID = user, Password = password,
                SslMode = handshake.Encrypted ? MySqlSslMode.Required : MySqlSslMode.Disabled, AllowPublicKeyRetrieval = !handshake.Encrypted,
                Pooling = false, AutoEnlist = false, PersistSecurityInfo = false, AllowLoadLocalInfile = false, AllowUserVariables = true,
                AllowZeroDateTime = true, TreatTinyAsBoolean = false, GuidFormat = MySqlGuidFormat.None, UseAffectedRows = false,
                ServerRedirectionMode = MySqlServerRedirectionMode.Disabled, ApplicationName = "connections", ConnectionTimeout = 10,
                DefaultCommandTimeout = 0
            }
        };
        builder.UseLoggerFactory(NullLoggerFactory.Instance);
        if (handshake.Encrypted) builder.UseRemoteCertificateValidationCallback(Handshake.Accepts);
        return builder.Build();
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
