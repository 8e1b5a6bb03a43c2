using Connections.ReadModels;
using Dapper;
using EventSourcing.Sql;

namespace Connections.Hosting.Keys;

/// <summary>Stores the API keys of all workspaces.</summary>
public sealed class ApiKeys(KeyDatabase database, TimeProvider clock)
{
    public static readonly Migrations Tables = new(
        "api-keys",
        """
        CREATE TABLE api_keys (
            id TEXT NOT NULL PRIMARY KEY, hash TEXT NOT NULL UNIQUE, name TEXT NOT NULL, role TEXT NOT NULL, workspace TEXT NOT NULL,
            created_at BIGINT NOT NULL, expires_at BIGINT NULL, last_used_at BIGINT NULL);
        CREATE INDEX api_keys_by_workspace ON api_keys (workspace, created_at, id);
        """);

    private const string Columns =
        "id, name, role, workspace, created_at AS CreatedAt, expires_at AS ExpiresAt, last_used_at AS LastUsedAt";

    private sealed record Row(string Id, string Name, string Role, string Workspace, long CreatedAt, long? ExpiresAt, long? LastUsedAt);

    /// <returns>The stored entry and the key itself, which cannot be read again.</returns>
    public async Task<(ApiKey Stored, string Key)> Create(
        string name, Role role, string workspace, DateTimeOffset? expiresAt, CancellationToken ct)
    {
        var key = ApiKey.Generate();
        var stored = new ApiKey(Guid.NewGuid(), name, role, workspace, clock.GetUtcNow(), expiresAt, null);
        await using var write = await database.Sql.BeginWrite(ct);
        await write.Connection.ExecuteAsync(
            """
            INSERT INTO api_keys (id, hash, name, role, workspace, created_at, expires_at)
            VALUES (@Id, @Hash, @Name, @Role, @Workspace, @CreatedAt, @ExpiresAt)
            """,
            new
            {
                Id = stored.Id.ToString(),
                Hash = ApiKey.Hash(key),
                stored.Name,
                Role = role.ToString(),
                stored.Workspace,
                CreatedAt = stored.CreatedAt.UtcTicks,
                ExpiresAt = expiresAt?.UtcTicks
            },
            write.Transaction);
        await write.Commit(ct);
        return (stored, key);
    }

    /// <summary>Finds the key with this hash, expired or not; null when there is none.</summary>
    public async Task<ApiKey?> Find(string hash, CancellationToken ct)
    {
        await using var connection = await database.Sql.Open(ct);
        var row = await connection.QuerySingleOrDefaultAsync<Row>($"SELECT {Columns} FROM api_keys WHERE hash = @hash", new { hash });
        return row is null ? null : FromRow(row);
    }

    /// <summary>Lists the keys of a workspace, oldest first.</summary>
    public async Task<IReadOnlyList<ApiKey>> List(string workspace, int limit, Cursor after, CancellationToken ct)
    {
        await using var connection = await database.Sql.Open(ct);
        var rows = await connection.QueryAsync<Row>(
            $"""
            SELECT {Columns} FROM api_keys
            WHERE workspace = @workspace AND (created_at > @Ticks OR (created_at = @Ticks AND id > @Id))
            ORDER BY created_at, id LIMIT @limit
            """,
            new { workspace, after.Ticks, after.Id, limit });
        return [.. rows.Select(FromRow).OfType<ApiKey>()];
    }

    /// <summary>Lists all keys by workspace, oldest first.</summary>
    /// <param name="workspace">Only the keys of this workspace; null for all.</param>
    public async Task<IReadOnlyList<ApiKey>> ListAll(string? workspace, CancellationToken ct)
    {
        await using var connection = await database.Sql.Open(ct);
        var only = workspace is null ? "" : "WHERE workspace = @workspace";
        var rows = await connection.QueryAsync<Row>($"SELECT {Columns} FROM api_keys {only} ORDER BY workspace, created_at, id", new { workspace });
        return [.. rows.Select(FromRow).OfType<ApiKey>()];
    }

    public async Task<ApiKey?> Get(string workspace, Guid id, CancellationToken ct)
    {
        await using var connection = await database.Sql.Open(ct);
        var row = await connection.QuerySingleOrDefaultAsync<Row>(
            $"SELECT {Columns} FROM api_keys WHERE workspace = @workspace AND id = @Id", new { workspace, Id = id.ToString() });
        return row is null ? null : FromRow(row);
    }

    public Task Delete(Guid id, CancellationToken ct) => Write("DELETE FROM api_keys WHERE id = @Id", new { Id = id.ToString() }, ct);

    public Task Used(Guid id, CancellationToken ct) => Write(
        "UPDATE api_keys SET last_used_at = @Now WHERE id = @Id", new { Id = id.ToString(), Now = clock.GetUtcNow().UtcTicks }, ct);

    private async Task Write(string sql, object parameters, CancellationToken ct)
    {
        await using var write = await database.Sql.BeginWrite(ct);
        await write.Connection.ExecuteAsync(sql, parameters, write.Transaction);
        await write.Commit(ct);
    }

    // A key with a role that this version does not know, as of a newer one or of a changed file, opens nothing and is not listed.
    private static ApiKey? FromRow(Row row) => Enum.GetValues<Role>().Where(role => role.ToString() == row.Role).ToArray() is [var known]
        ? new ApiKey(Guid.Parse(row.Id), row.Name, known, row.Workspace, At(row.CreatedAt)!.Value, At(row.ExpiresAt), At(row.LastUsedAt))
        : null;

    private static DateTimeOffset? At(long? ticks) => ticks is { } t ? new DateTimeOffset(t, TimeSpan.Zero) : null;
}
