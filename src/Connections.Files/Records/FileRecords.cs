using Connections.Credentials.Vault;
using Dapper;
using EventSourcing.Sql;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Connections.Files.Records;

/// <summary>The records of the files, which all hosts share.</summary>
public sealed class FileRecords(VaultDatabase database)
{
    private const string Columns = "id AS Id, workspace AS Workspace, sealed AS Content, expires_at AS ExpiresAt";

    /// <summary>When the oldest file that is kept was sealed: keys of months since then are needed.</summary>
    public async Task<DateTimeOffset?> OldestSealed(CancellationToken ct)
    {
        await FileTables.Tables.Apply(database.Sql, ct);
        await using var sql = await database.Sql.Open(ct);
        return await sql.ExecuteScalarAsync<long?>(new CommandDefinition(
            "SELECT MIN(sealed_at) FROM files WHERE sealed IS NOT NULL", cancellationToken: ct)) is { } at ? Time(at) : null;
    }

    /// <summary>Whether a record that could not be added is surely not there. PostgreSQL may have it although its response was lost.</summary>
    internal bool FailWhole => database.Sql.Provider == SqlProvider.Sqlite;

    /// <summary>Whether the disk of the records is full.</summary>
    internal static bool IsFull(Exception fault) =>
        fault is SqliteFileException { Fault: SqliteFault.Full } or SqliteException { SqliteErrorCode: raw.SQLITE_FULL };

    internal async Task Add(FileRecord record, DateTimeOffset sealedAt, CancellationToken ct)
    {
        await using var write = await database.Sql.BeginWrite(ct);
        await write.Connection.ExecuteAsync(new CommandDefinition(
            "INSERT INTO files (id, workspace, sealed, sealed_at, expires_at) VALUES (@Id, @Workspace, @Content, @SealedAt, @ExpiresAt)",
            new
            {
                Id = record.Id.ToString(),
                record.Workspace,
                Content = record.Sealed,
                SealedAt = sealedAt.ToUnixTimeMilliseconds(),
                ExpiresAt = record.ExpiresAt.ToUnixTimeMilliseconds()
            },
            write.Transaction,
            cancellationToken: ct));
        await write.Commit(ct);
    }

    internal async Task<FileRecord?> Find(string workspace, Guid id, CancellationToken ct)
    {
        await using var sql = await database.Sql.Open(ct);
        return (await sql.QuerySingleOrDefaultAsync<Row>(new CommandDefinition(
            $"SELECT {Columns} FROM files WHERE id = @Id AND workspace = @Workspace",
            new { Id = id.ToString(), Workspace = workspace },
            cancellationToken: ct)))?.ToRecord();
    }

    /// <summary>Files that expired before a time and are not removed yet, the oldest first.</summary>
    internal async Task<IReadOnlyList<FileRecord>> ExpiredBefore(DateTimeOffset before, int limit, CancellationToken ct)
    {
        await using var sql = await database.Sql.Open(ct);
        var rows = await sql.QueryAsync<Row>(new CommandDefinition(
            $"SELECT {Columns} FROM files WHERE expires_at < @Before AND sealed IS NOT NULL ORDER BY expires_at, id LIMIT @Limit",
            new { Before = before.ToUnixTimeMilliseconds(), Limit = limit },
            cancellationToken: ct));
        return [.. rows.Select(row => row.ToRecord())];
    }

    /// <summary>Removes the key of a file. Its bytes cannot be read any more. The record still tells that the file expired.</summary>
    internal Task Unseal(Guid id, CancellationToken ct) =>
        Execute("UPDATE files SET sealed = NULL WHERE id = @Id", new { Id = id.ToString() }, ct);

    internal Task Delete(Guid id, CancellationToken ct) => Execute("DELETE FROM files WHERE id = @Id", new { Id = id.ToString() }, ct);

    internal Task ForgetExpiredBefore(DateTimeOffset before, CancellationToken ct) => Execute(
        "DELETE FROM files WHERE expires_at < @Before AND sealed IS NULL", new { Before = before.ToUnixTimeMilliseconds() }, ct);

    /// <summary>Whether the file has a key.</summary>
    internal async Task<bool> IsKept(Guid id, CancellationToken ct)
    {
        await using var sql = await database.Sql.Open(ct);
        return await sql.ExecuteScalarAsync<int?>(new CommandDefinition(
            "SELECT 1 FROM files WHERE id = @Id AND sealed IS NOT NULL", new { Id = id.ToString() }, cancellationToken: ct)) is not null;
    }

    /// <summary>The identity of the place that holds the bytes; null in a new deployment.</summary>
    internal async Task<string?> PlaceIdentity(CancellationToken ct)
    {
        await using var sql = await database.Sql.Open(ct);
        return await sql.ExecuteScalarAsync<string?>(new CommandDefinition(
            "SELECT folder FROM file_folder WHERE id = 1", cancellationToken: ct));
    }

    /// <summary>Stores the identity of the place, and returns the one that is stored then.</summary>
    internal async Task<string?> SetPlaceIdentity(string identity, bool replace, CancellationToken ct)
    {
        var otherwise = replace ? "DO UPDATE SET folder = excluded.folder" : "DO NOTHING";
        await Execute(
            $"INSERT INTO file_folder (id, folder) VALUES (1, @Identity) ON CONFLICT (id) {otherwise}", new { Identity = identity }, ct);
        return await PlaceIdentity(ct);
    }

    internal Task CreateTables(CancellationToken ct) => FileTables.Tables.Apply(database.Sql, ct);

    private async Task Execute(string sql, object parameters, CancellationToken ct)
    {
        await using var write = await database.Sql.BeginWrite(ct);
        await write.Connection.ExecuteAsync(new CommandDefinition(sql, parameters, write.Transaction, cancellationToken: ct));
        await write.Commit(ct);
    }

    private static DateTimeOffset Time(long milliseconds) => DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);

    private sealed class Row
    {
        public required string Id { get; init; }

        public required string Workspace { get; init; }

        public string? Content { get; init; }

        public required long ExpiresAt { get; init; }

        public FileRecord ToRecord() => new(Guid.Parse(Id), Workspace, Content, Time(ExpiresAt));
    }
}
