using System.Net;
using Connections.Connectors.Databases;
using Connections.Connectors.Relays;
using Connections.Domain;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace Connections.Connectors.Postgres;

/// <summary>Signs in through Npgsql, which reaches the line through a relay.</summary>
internal sealed class PostgresSignIn(
    DatabaseSettings settings, Secret credentials, DatabaseTransport transport, PostgresWire wire, TimeProvider clock)
{
    private const int SaslRequest = 10;
    private readonly string user = credentials.Field("username") ?? "";
    private readonly string password = credentials.Field("password") ?? "";

    /// <summary>Whether the server does not admit this user on a line of this kind.</summary>
    public bool NotAdmitted { get; private set; }

    public async Task<OpenResult<PostgresSession>> Run(Line line, CancellationToken ct)
    {
        var relay = new Relay(line, wire);
        var source = Source(relay.Port);
        using var limit = new CallLimit(relay, TimeSpan.Zero, clock, ct);
        ConnectorResult.Failed failure;
        try
        {
            var connection = await source.OpenConnectionAsync(limit.Token);
            return new OpenResult<PostgresSession>(new PostgresSession(source, connection, relay, wire, transport, clock), null);
        }
        catch (PostgresException e)
        {
            NotAdmitted = e.SqlState == PostgresErrorCodes.InvalidAuthorizationSpecification;
            failure = PostgresFailures.AtSignIn(e, settings, user, wire.Encrypted);
        }
        catch (Exception e) when (e is OperationCanceledException || ct.IsCancellationRequested)
        {
            failure = new ConnectorResult.Failed(FailureKind.Timeout, "The timeout passed while signing in.", Delivered.No);
        }
        catch (Exception e) when (e is not OutOfMemoryException) // a foreign server can make the driver fail in any way
        {
            failure = Explain(e, relay);
        }

        await source.DisposeAsync();
        await relay.DisposeAsync();
        return new OpenResult<PostgresSession>(null, failure);
    }

    private ConnectorResult.Failed Explain(Exception e, Relay relay) => e switch
    {
        _ when relay.Problem is { } problem => PostgresFailures.Lost(
            $"The server at this address does not respond like PostgreSQL: it sent {problem}.", Delivered.No),
        NotSupportedException => new ConnectorResult.Failed(
            FailureKind.InvalidInput, "The server requires an authentication method other than a password.", Delivered.No, Answered: true),
        NpgsqlException { InnerException: null } when password.Length == 0 && wire.Requested != 0 => new ConnectorResult.Failed(
            FailureKind.ReauthRequired, $"The server requires a password of {user}, but none is given.", Delivered.No, Answered: true),
        _ => PostgresFailures.Lost("The server closed the connection or stopped responding while signing in.", Delivered.No)
    };

    private NpgsqlDataSource Source(int port)
    {
        var builder = new NpgsqlDataSourceBuilder
        {
            Name = "connector",
            ConnectionStringBuilder =
            {
                Host = IPAddress.Loopback.ToString(), Port = port, Database = settings.Database, Username = user, SslMode = SslMode.Disable,
                ChannelBinding = ChannelBinding.Disable, GssEncryptionMode = GssEncryptionMode.Disable, Pooling = false, PersistSecurityInfo = false, Enlist = false, ApplicationName = "connections", Timeout = 10,
                CommandTimeout = 0, IncludeErrorDetail = true
            }
        };
        // Without a provider Npgsql would take an absent password from the environment of this service. SCRAM hashes a prepared password,
        // as psql does; the other methods take it as it is.
        builder.UsePasswordProvider(_ => Password(), (_, _) => ValueTask.FromResult(Password()));
        // Results are read as text and parameters have built-in types, so no types need to be loaded.
        builder.ConfigureTypeLoading(types => types.EnableTypeLoading(false));
        // Npgsql would log and trace the statements.
        builder.UseLoggerFactory(NullLoggerFactory.Instance);
        builder.ConfigureTracing(tracing => tracing.ConfigureCommandFilter(_ => false).ConfigureBatchFilter(_ => false));
        return builder.Build();
    }

    private string Password() => wire.Requested >= SaslRequest ? SaslPrep.Prepare(password) : password;
}
