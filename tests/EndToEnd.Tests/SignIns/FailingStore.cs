using Microsoft.Data.Sqlite;

namespace EndToEnd.Tests.SignIns;

/// <summary>Makes a store fail for some writes until disposed.</summary>
internal sealed class FailingStore : IAsyncDisposable
{
    private readonly string database;

    private FailingStore(string database) => this.database = database;

    /// <summary>Fails appends of events with these stored names to a connection's stream.</summary>
    public static Task<FailingStore> Log(string database, Guid connection, params string[] types) => Make(
        database, "events", $"NEW.stream = 'connection-default:{connection}' AND NEW.type IN ({string.Join(',', types.Select(t => $"'{t}'"))})");

    /// <summary>Fails vault entries of a connection whose names have this prefix.</summary>
    public static Task<FailingStore> Vault(string database, Guid connection, string entries) => Make(
        database, "vault_entries", $"NEW.connection = '{connection}' AND NEW.entry LIKE '{entries}%'");

    public async ValueTask DisposeAsync() => await Execute(database, "DROP TRIGGER away");

    private static async Task<FailingStore> Make(string database, string table, string when)
    {
        await Execute(database, $"CREATE TRIGGER away BEFORE INSERT ON {table} WHEN {when} BEGIN SELECT RAISE(ABORT, 'away'); END");
        return new FailingStore(database);
    }

    private static async Task Execute(string database, string sql)
    {
        await using var connection = new SqliteConnection($"Data Source={database};Pooling=False");
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        await command.ExecuteNonQueryAsync();
    }
}
