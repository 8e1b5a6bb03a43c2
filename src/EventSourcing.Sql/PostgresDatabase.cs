using System.Data.Common;
using Npgsql;

namespace EventSourcing.Sql;

/// <summary>One PostgreSQL database, shared by any number of hosts.</summary>
public sealed class PostgresDatabase : SqlDatabase
{
    public const string Example = "Host=db;Port=5432;Database=connections;Username=…;Password=…";

    // a host that was cut off in the middle of a transaction must not keep its locks from the next for longer than it keeps its leases
    private const string SessionSettings =
        "-c idle_in_transaction_session_timeout=5s -c tcp_keepalives_idle=5 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=3";

    // several hosts share a server that by default lets in a hundred; one that fills its pool would shut the others out
    private const int MostConnections = 20;

    private readonly NpgsqlDataSource source;
    private readonly NpgsqlConnectionStringBuilder settings;

    /// <param name="connectionString">As Npgsql takes it.</param>
    /// <exception cref="ArgumentException">It is none; the message does not quote it.</exception>
    public PostgresDatabase(string connectionString)
    {
        try
        {
            settings = new NpgsqlConnectionStringBuilder(connectionString)
            {
                Enlist = false,
                IncludeErrorDetail = false, // it would quote rows
                PersistSecurityInfo = false
            };
            if (!settings.ShouldSerialize("Max Auto Prepare")) settings.MaxAutoPrepare = 200;
            if (!settings.ShouldSerialize("Maximum Pool Size")) settings.MaxPoolSize = Math.Max(MostConnections, settings.MinPoolSize);
            if (!settings.ShouldSerialize("Keepalive")) settings.KeepAlive = 30;
            settings.Options = $"{SessionSettings} {settings.Options}".TrimEnd(); // of two, the later counts
            if (string.IsNullOrEmpty(settings.ApplicationName)) settings.ApplicationName = "connections";
            source = NpgsqlDataSource.Create(settings);
            Target = $"{settings.Host}:{settings.Port}/{settings.Database}";
        }
        catch (Exception e) when (e is ArgumentException or FormatException or KeyNotFoundException)
        {
            throw new ArgumentException($"The connection string of PostgreSQL cannot be read. It looks like \"{Example}\".");
        }
    }

    public override SqlProvider Provider => SqlProvider.PostgreSql;

    /// <summary>Host, port and database, for people.</summary>
    public string Target { get; }

    /// <summary>The same server and user, with the tables of one schema and no others.</summary>
    public PostgresDatabase InSchema(string schema) =>
        new(new NpgsqlConnectionStringBuilder(settings.ConnectionString) { SearchPath = schema }.ConnectionString);

    /// <exception cref="PostgresUnreachableException">It is away.</exception>
    /// <exception cref="PostgresRefusedException">It lets nobody in with these settings.</exception>
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
