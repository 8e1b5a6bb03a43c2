using System.Data.Common;
using Dapper;
using EventSourcing.Sql;

namespace Connections.Credentials.Vault;

/// <summary>The database of the vault. A separate type, so that no other database is passed by mistake.</summary>
public sealed record VaultDatabase(SqlDatabase Sql)
{
    /// <summary>The time for which <see cref="TruncateLog"/> waits for readers.</summary>
    internal int BusyTimeoutMilliseconds { get; init; } = 5_000;

    public static VaultDatabase Sqlite(string path) => new(new SqliteDatabase(path, SqliteDurability.Full, secureDelete: true));

    /// <summary>Removes deleted content from SQLite's write-ahead log. On PostgreSQL it does nothing: see the docs on backups.</summary>
    /// <exception cref="TimeoutException">A reader blocked it; a retry is safe.</exception>
    internal async Task TruncateLog(CancellationToken ct)
    {
        if (Sql.Provider != SqlProvider.Sqlite) return;
        await using var connection = await Sql.Open(ct);
        await Execute(connection, $"PRAGMA busy_timeout = {BusyTimeoutMilliseconds}", ct);
        var truncate = new CommandDefinition("PRAGMA wal_checkpoint(TRUNCATE)", cancellationToken: ct);
        var busy = await connection.ExecuteScalarAsync<int>(truncate);
        await Execute(connection, "PRAGMA busy_timeout = 0", ct);
        if (busy != 0)
            throw new TimeoutException(
                "The destroyed data is still in the vault's write-ahead log, because a reader holds it open. Try again.");
    }

    private static Task<int> Execute(DbConnection connection, string sql, CancellationToken ct) =>
        connection.ExecuteAsync(new CommandDefinition(sql, cancellationToken: ct));
}
