using System.Data.Common;
using Dapper;
using EventSourcing.Sql;

namespace Connections.Credentials.Vault;

/// <summary>The database that holds the vault. A type of its own, so that nobody is handed another one by mistake.</summary>
public sealed record VaultDatabase(SqlDatabase Sql)
{
    /// <summary>How long a reader may hold up <see cref="TruncateLog"/>.</summary>
    internal int BusyTimeoutMilliseconds { get; init; } = 5_000;

    public static VaultDatabase Sqlite(string path) => new(new SqliteDatabase(path, SqliteDurability.Full, secureDelete: true));

    /// <summary>What was deleted leaves SQLite's write-ahead log too. PostgreSQL keeps its own counsel: see the docs on backups.</summary>
    /// <exception cref="TimeoutException">A reader was in the way; asking again does no harm.</exception>
    internal async Task TruncateLog(CancellationToken ct)
    {
        if (Sql.Provider != SqlProvider.Sqlite) return;
        await using var connection = await Sql.Open(ct);
        await Execute(connection, $"PRAGMA busy_timeout = {BusyTimeoutMilliseconds}", ct);
        var truncate = new CommandDefinition("PRAGMA wal_checkpoint(TRUNCATE)", cancellationToken: ct);
        var busy = await connection.ExecuteScalarAsync<int>(truncate);
        await Execute(connection, "PRAGMA busy_timeout = 0", ct);
        if (busy != 0) throw new TimeoutException("What was destroyed still lies in the vault's write-ahead log, held open by a reader. Try again.");
    }

    private static Task<int> Execute(DbConnection connection, string sql, CancellationToken ct) =>
        connection.ExecuteAsync(new CommandDefinition(sql, cancellationToken: ct));
}
