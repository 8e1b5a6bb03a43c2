using System.Data.Common;
using System.Security.Cryptography.X509Certificates;
using Npgsql;
using TransportSecurity;

namespace EventSourcing.Sql;

/// <summary>One PostgreSQL database, shared by any number of hosts.</summary>
public sealed class PostgresDatabase : SqlDatabase
{
    public const string Example = "Host=db;Port=5432;Database=connections;Username=…;Password=…";

    // A host that loses its network during a transaction must not keep its locks for longer than its leases.
    private const string SessionSettings =
        "-c idle_in_transaction_session_timeout=5s -c tcp_keepalives_idle=5 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=3";

    // Several hosts share a server that accepts a hundred connections by default; one host must not use them all.
    private const int MaxConnections = 20;

    private readonly NpgsqlDataSource source;
    private readonly NpgsqlConnectionStringBuilder settings;

    /// <param name="connectionString">In the format of Npgsql.</param>
    /// <exception cref="ArgumentException">The connection string is malformed; the message does not quote it.</exception>
    public PostgresDatabase(string connectionString)
    {
        try
        {
            settings = new NpgsqlConnectionStringBuilder(connectionString)
            {
                Enlist = false,
                IncludeErrorDetail = false, // details would quote rows
                PersistSecurityInfo = false
            };
            if (!settings.ShouldSerialize("Max Auto Prepare")) settings.MaxAutoPrepare = 200;
            if (!settings.ShouldSerialize("Maximum Pool Size")) settings.MaxPoolSize = Math.Max(MaxConnections, settings.MinPoolSize);
            if (!settings.ShouldSerialize("Keepalive")) settings.KeepAlive = 30;
            settings.Options = $"{SessionSettings} {settings.Options}".TrimEnd(); // of duplicate options, the last one applies
            if (string.IsNullOrEmpty(settings.ApplicationName)) settings.ApplicationName = "connections";
            var builder = new NpgsqlDataSourceBuilder(settings.ConnectionString);
            builder.UseSslClientAuthenticationOptionsCallback(options => ReadTrust().Apply(options));
            source = builder.Build();
            Target = $"{settings.Host}:{settings.Port}/{settings.Database}";
        }
        catch (Exception e) when (e is ArgumentException or FormatException or KeyNotFoundException)
        {
            throw new ArgumentException($"The connection string of PostgreSQL is malformed. Expected format: \"{Example}\".");
        }
    }

    public override SqlProvider Provider => SqlProvider.PostgreSql;

    /// <summary>Host, port and database, for messages.</summary>
    public string Target { get; }

    /// <summary>The same server and user, restricted to the tables of one schema.</summary>
    public PostgresDatabase InSchema(string schema) =>
        new(new NpgsqlConnectionStringBuilder(settings.ConnectionString) { SearchPath = schema }.ConnectionString);

    /// <exception cref="PostgresUnreachableException">The server is unavailable.</exception>
    /// <exception cref="PostgresRefusedException">The server rejects these settings.</exception>
    public override async ValueTask<DbConnection> Open(CancellationToken ct) => await Connect(ct);

    /// <inheritdoc cref="Open"/>
    public override async ValueTask<SqlWrite> BeginWrite(CancellationToken ct)
    {
        var connection = await Connect(ct);
        try
        {
            return new Write(connection, await connection.BeginTransactionAsync(ct));
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    public override ValueTask DisposeAsync() => source.DisposeAsync();

    // Npgsql alone would accept the system's roots too. It reads files in other formats itself.
    private ServerTrust ReadTrust()
    {
        var roots = new X509Certificate2Collection();
        if (settings.RootCertificate is { Length: > 0 } file) roots.ImportFromPemFile(file);
        return roots.Count > 0 ? new ServerTrust(roots) : ServerTrust.InSystem;
    }

    private async ValueTask<NpgsqlConnection> Connect(CancellationToken ct)
    {
        try
        {
            return await source.OpenConnectionAsync(ct);
        }
        catch (Exception e) when (!ct.IsCancellationRequested && PostgresFaults.FromOpening(e, settings, Target) is not null)
        {
            throw PostgresFaults.FromOpening(e, settings, Target)!;
        }
    }

    private sealed class Write(NpgsqlConnection connection, NpgsqlTransaction transaction) : SqlWrite
    {
        public override DbConnection Connection => connection;

        public override DbTransaction Transaction => transaction;

        public override Task Execute(IEnumerable<SqlStatement> statements, CancellationToken ct) =>
            PostgresBatch.Execute(connection, transaction, statements, ct);

        public override Task Commit(CancellationToken ct) => transaction.CommitAsync(ct);

        public override async ValueTask DisposeAsync()
        {
            try
            {
                await transaction.DisposeAsync();
            }
            finally
            {
                await connection.DisposeAsync();
            }
        }
    }
}
