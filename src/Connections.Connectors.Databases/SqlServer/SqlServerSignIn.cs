using System.Globalization;
using System.Security;
using Connections.Connectors.Databases;
using Connections.Connectors.Relays;
using Connections.Domain;
using Microsoft.Data.SqlClient;

namespace Connections.Connectors.SqlServer;

/// <summary>Signs in once through the library, which reaches the line through a relay.</summary>
internal sealed class SqlServerSignIn(
    DatabaseSettings settings, Secret credentials, DatabaseTransport transport, SqlServerWire wire, TimeProvider clock)
{
    static SqlServerSignIn()
    {
        // The library's own networking in C#, also where it has another.
        AppContext.SetSwitch("Switch.Microsoft.Data.SqlClient.UseManagedNetworkingOnWindows", true);
        // It would sign in at the mirroring partner that a server names.
        AppContext.SetSwitch("Switch.Microsoft.Data.SqlClient.IgnoreServerProvidedFailoverPartner", true);
        // With its newer way to read packets, reading a long value in parts can hang.
        AppContext.SetSwitch("Switch.Microsoft.Data.SqlClient.UseCompatibilityProcessSni", true);
        AppContext.SetSwitch("Switch.Microsoft.Data.SqlClient.UseCompatibilityAsyncBehaviour", true);
    }

    private readonly string user = credentials.Field("username") ?? "";

    public async Task<OpenResult<SqlServerSession>> Run(Line line, CancellationToken ct)
    {
        var relay = new Relay(line, wire);
        var connection = Connection(relay.Port);
        using var limit = new CallLimit(relay, TimeSpan.Zero, clock, ct);
        ConnectorResult.Failed failure;
        try
        {
            await connection.OpenAsync(limit.Token);
            wire.Renew();
            return new OpenResult<SqlServerSession>(new SqlServerSession(connection, relay, wire, transport, clock), null);
        }
        catch (Exception e) when (e is OperationCanceledException || ct.IsCancellationRequested)
        {
            failure = new ConnectorResult.Failed(FailureKind.Timeout, "The timeout passed while signing in.", Delivered.No);
        }
        catch (Exception e) when (e is not OutOfMemoryException) // a foreign server can make the library fail in any way
        {
            failure = Explain(e, relay);
        }

        await connection.DisposeAsync();
        await relay.DisposeAsync();
        return new OpenResult<SqlServerSession>(null, failure);
    }

    private ConnectorResult.Failed Explain(Exception e, Relay relay) => e switch
    {
        _ when (relay.Problem ?? wire.Problem) is { } problem => SqlServerFailures.Lost(
            $"The server at this address does not respond like SQL Server: it sent {problem}.", Delivered.No),
        SqlException error when SqlServerFailures.Answered(error) is { } answered => SqlServerFailures.AtSignIn(
            answered.Number, answered.Message, settings, user),
        _ => SqlServerFailures.Lost("The server closed the connection or stopped responding while signing in.", Delivered.No)
    };

    private SqlConnection Connection(int port)
    {
        var typed = new SqlConnectionStringBuilder
        {
            DataSource = string.Create(CultureInfo.InvariantCulture, $"tcp:127.0.0.1,{port}"),
            InitialCatalog = settings.Database,
            Encrypt = SqlConnectionEncryptOption.Optional,
            Pooling = false,
            PoolBlockingPeriod = PoolBlockingPeriod.NeverBlock,
            ConnectRetryCount = 0,
            ConnectTimeout = 10,
            CommandTimeout = 0,
            Enlist = false,
            PersistSecurityInfo = false,
            MultipleActiveResultSets = false,
            ApplicationName = "connections",
            WorkstationID = "connections",
            ApplicationIntent = ApplicationIntent.ReadWrite // the other intent asks a listener to name another server
        };
        return new SqlConnection(typed.ConnectionString, new SqlCredential(user, Password()));
    }

    private SecureString Password()
    {
        var password = new SecureString();
        foreach (var c in credentials.Field("password") ?? "") password.AppendChar(c);
        password.MakeReadOnly();
        return password;
    }
}
