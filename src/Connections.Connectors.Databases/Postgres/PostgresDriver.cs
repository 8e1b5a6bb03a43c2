using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;
using Connections.Connectors.Databases;
using Connections.Connectors.Guard;
using Connections.Connectors.Pipeline;
using Connections.Domain;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace Connections.Connectors.Postgres;

/// <summary>
/// Opens one physical connection. First checks with a separate socket which address responds, whether the server supports TLS, and whether
/// its certificate is valid, because Npgsql does not distinguish these failures. Npgsql then gets one address and one TLS mode, and signs
/// in once.
/// </summary>
internal sealed class PostgresDriver(DatabaseTransportFactory transports, TimeProvider clock) : IDatabaseDriver<PostgresSession>
{
    private const string DoesNotEncrypt = "The server does not encrypt (TLS is off): choose tls \"prefer\" or \"disable\", or enable TLS on the server.";
    private const string NotPostgres = "The server at this address does not respond like PostgreSQL.";
    private static readonly TimeSpan HandshakeLimit = TimeSpan.FromSeconds(10);
    private static readonly byte[] SslRequest = MakeSslRequest();

    public async Task<OpenResult<PostgresSession>> Open(DatabaseSettings settings, Secret credentials, ProbeSteps steps, CancellationToken ct)
    {
        var transport = await transports.Open(settings, credentials, steps, ct);
        if (transport.Failure is { } unreachable) return new OpenResult<PostgresSession>(null, unreachable);
        var certificate = transport.Certificate!;
        var (encrypted, objection) = settings.Encrypted ? await Handshake(transport.Socket!, settings, certificate, ct) : (false, null);
        if (objection is not null) return await Fail("tls", objection);
        if (encrypted) steps.Ok("tls", settings.Verified ? "Encrypted, certificate verified." : "Encrypted.");
        else steps.Skipped("tls", settings.Encrypted ? "The server does not encrypt." : "Disabled by the setting tls.");

        transport.Socket!.Dispose();
        var (session, failure) = await SignIn(settings, credentials, transport, encrypted, ct);
        if (failure is not null) return await Fail("signIn", failure);
        steps.Ok("signIn", $"Signed in as {credentials.Field("username")}.");
        return new OpenResult<PostgresSession>(session, null);

        async Task<OpenResult<PostgresSession>> Fail(string step, ConnectorResult.Failed failed)
        {
            await transport.DisposeAsync();
            return new OpenResult<PostgresSession>(null, steps.Fail(step, transport.Explain(failed)));
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

    public ConnectorResult.Failed? ToFailure(Exception e) => e is PostgresException error ? PostgresFailures.AtStatement(error) : null;

    private async Task<(bool Encrypted, ConnectorResult.Failed? Objection)> Handshake(
        Socket socket, DatabaseSettings settings, ServerCertificate certificate, CancellationToken ct)
    {
        using var limit = new CancellationTokenSource(HandshakeLimit, clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, ct);
        var stream = new NetworkStream(socket);
        try
        {
            await stream.WriteAsync(SslRequest, both.Token);
            var answer = new byte[1];
            await stream.ReadExactlyAsync(answer, both.Token);
            if (answer[0] != 'S')
                return (false, settings.MustEncrypt ? NoTls(answer[0] == 'N' ? DoesNotEncrypt : NotPostgres, answered: true) : null);
            await using var tls = await certificate.Connect(stream, both.Token);
            return (true, null);
        }
        catch (OperationCanceledException)
        {
            return (false, ct.IsCancellationRequested ? TimedOut("the TLS handshake") : NoTls(NotPostgres));
        }
        catch (Exception e) when (e is AuthenticationException or IOException)
        {
            if (!settings.MustEncrypt && e is AuthenticationException) return (false, null); // as libpq does with "prefer"
            return (false, NoTls(certificate.Objection ?? $"The TLS handshake failed. {NotPostgres}"));
        }
    }

    private static async Task<OpenResult<PostgresSession>> SignIn(
        DatabaseSettings settings, Secret credentials, DatabaseTransport transport, bool encrypted, CancellationToken ct)
    {
        var user = credentials.Field("username") ?? "";
        var certificate = transport.Certificate!;
        var source = Source(settings, user, credentials.Field("password") ?? "", transport.Endpoint!, certificate, encrypted);
        ConnectorResult.Failed failure;
        try
        {
            return new OpenResult<PostgresSession>(new PostgresSession(source, await source.OpenConnectionAsync(ct), transport), null);
        }
        catch (PostgresException e)
        {
            failure = PostgresFailures.AtSignIn(e, settings, user, encrypted);
        }
        catch (OperationCanceledException)
        {
            failure = TimedOut("signing in");
        }
        catch (NotSupportedException)
        {
            failure = new ConnectorResult.Failed(
                FailureKind.InvalidInput, "The server requires an authentication method other than a password.", Delivered.No, Answered: true);
        }
        catch (Exception e) when (e is NpgsqlException or IOException or SocketException or TimeoutException or AuthenticationException)
        {
            failure = PostgresFailures.Lost(
                certificate.Objection ?? "The server closed the connection or stopped responding while signing in.", Delivered.No);
        }

        await source.DisposeAsync();
        return new OpenResult<PostgresSession>(null, failure);
    }

    private static NpgsqlDataSource Source(
        DatabaseSettings settings, string user, string password, IPEndPoint endpoint, ServerCertificate certificate, bool encrypted)
    {
        var builder = new NpgsqlDataSourceBuilder
        {
            Name = "connector",
            ConnectionStringBuilder =
            {
                Host = endpoint.Address.ToString(), Port = endpoint.Port, Database = settings.Database, Username = user, Password = password,
                SslMode = encrypted ? SslMode.Require : SslMode.Disable, GssEncryptionMode = GssEncryptionMode.Disable,
                Pooling = false, PersistSecurityInfo = false, Enlist = false, ApplicationName = "connections", Timeout = 10, CommandTimeout = 0,
                IncludeErrorDetail = true, TcpKeepAlive = true
            }
        };
        // Results are read as text and parameters have built-in types, so no types need to be loaded.
        builder.ConfigureTypeLoading(types => types.EnableTypeLoading(false));
        // Npgsql would log and trace the statements.
        builder.UseLoggerFactory(NullLoggerFactory.Instance);
        builder.ConfigureTracing(tracing => tracing.ConfigureCommandFilter(_ => false).ConfigureBatchFilter(_ => false));
        builder.UseSslClientAuthenticationOptionsCallback(certificate.Apply);
        return builder.Build();
    }

    private static async Task<string[]> Row(PostgresSession session, string sql, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(sql, session.Connection) { AllResultTypesAreUnknown = true };
        await using var reader = await command.ExecuteReaderAsync(ct);
        await reader.ReadAsync(ct);
        return [.. Enumerable.Range(0, reader.FieldCount).Select(reader.GetString)];
    }

    private static ConnectorResult.Failed NoTls(string message, bool answered = false) =>
        new(FailureKind.Unavailable, message, Delivered.No, Answered: answered);

    private static ConnectorResult.Failed TimedOut(string what) => new(FailureKind.Timeout, $"The timeout passed while {what}.", Delivered.No);

    private static byte[] MakeSslRequest()
    {
        var request = new byte[8];
        BinaryPrimitives.WriteInt32BigEndian(request, 8);
        BinaryPrimitives.WriteInt32BigEndian(request.AsSpan(4), 80877103);
        return request;
    }
}
