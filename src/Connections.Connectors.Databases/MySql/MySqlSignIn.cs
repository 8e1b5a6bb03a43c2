using System.Net;
using System.Net.Sockets;
using Connections.Connectors.Databases;
using Connections.Connectors.Relays;
using Connections.Domain;
using Microsoft.Extensions.Logging.Abstractions;
using MySqlConnector;
using MySqlConnector.Authentication;

namespace Connections.Connectors.MySql;

/// <summary>Signs in through the MySQL library, which reaches the line through a relay.</summary>
/// <param name="encrypt">Whether the line is to be encrypted.</param>
internal sealed class MySqlSignIn(
    DatabaseSettings settings, Secret credentials, DatabaseTransport transport, MySqlWire wire, bool encrypt, TimeProvider clock)
{
    static MySqlSignIn() => AuthenticationPlugins.Register(new Ed25519Plugin());

    private readonly string user = credentials.Field("username") ?? "";

    public async Task<OpenResult<MySqlSession>> Run(CancellationToken ct)
    {
        var relay = new Relay(new Line(transport.Socket!, new NetworkStream(transport.Socket!)), wire);
        var source = Source(relay.Port);
        using var limit = new CallLimit(relay, TimeSpan.Zero, clock, ct);
        ConnectorResult.Failed failure;
        try
        {
            var connection = await source.OpenConnectionAsync(limit.Token);
            wire.Renew();
            wire.SignedIn = true;
            return new OpenResult<MySqlSession>(new MySqlSession(source, connection, relay, wire, transport, clock), null);
        }
        catch (Exception e) when (e is OperationCanceledException || ct.IsCancellationRequested)
        {
            failure = new ConnectorResult.Failed(FailureKind.Timeout, "The timeout passed while signing in.", Delivered.No);
        }
        catch (Exception e) when (e is not OutOfMemoryException) // a foreign server can make the library fail in any way
        {
            failure = Explain(e, relay);
        }

        await source.DisposeAsync();
        await relay.DisposeAsync();
        return new OpenResult<MySqlSession>(null, failure);
    }

    private ConnectorResult.Failed Explain(Exception e, Relay relay) => e switch
    {
        _ when relay.Problem is { } problem => MySqlFailures.Lost(
            $"The server at this address does not respond like MySQL or MariaDB: it sent {problem}.", Delivered.No),
        _ when encrypt && !wire.Encrypted => new ConnectorResult.Failed(
            FailureKind.Unavailable,
            transport.Certificate!.Objection ?? "The TLS handshake failed: the server offers no supported encryption.", Delivered.No),
        NotSupportedException => new ConnectorResult.Failed(
            FailureKind.InvalidInput, "The server requires an authentication method that is not supported.", Delivered.No, Answered: true),
        MySqlException { Number: > 0, ErrorCode: not MySqlErrorCode.UnableToConnectToHost } error => MySqlFailures.AtSignIn(
            error.Number, error.Message, settings, user, encrypt),
        _ => MySqlFailures.Lost("The server closed the connection or stopped responding while signing in.", Delivered.No)
    };

    private MySqlDataSource Source(int port)
    {
        var builder = new MySqlDataSourceBuilder
        {
            ConnectionStringBuilder =
            {
                Server = IPAddress.Loopback.ToString(), Port = (uint)port, Database = settings.Database, UserID = user,
                Password = credentials.Field("password") ?? "",
                SslMode = encrypt ? MySqlSslMode.Required : MySqlSslMode.Disabled, AllowPublicKeyRetrieval = !encrypt,
                Pooling = false, AutoEnlist = false, PersistSecurityInfo = false, AllowLoadLocalInfile = false, AllowUserVariables = true,
                AllowZeroDateTime = true, TreatTinyAsBoolean = false, GuidFormat = MySqlGuidFormat.None, UseAffectedRows = false,
                ServerRedirectionMode = MySqlServerRedirectionMode.Disabled, ApplicationName = "connections", ConnectionTimeout = 10,
                DefaultCommandTimeout = 0
            }
        };
        builder.UseLoggerFactory(NullLoggerFactory.Instance);
        if (encrypt) builder.UseRemoteCertificateValidationCallback((_, presented, _, _) => LocalCertificate.IsShown(presented));
        return builder.Build();
    }
}
