using Dapper;
using EventSourcing.Sql;

namespace Connections.Api;

/// <summary>The keys of all workspaces.</summary>
public sealed class ApiKeys(ServiceDatabase database, TimeProvider clock)
{
    public static readonly Migrations Tables = new(
        "api-keys",
        """
        CREATE TABLE api_keys (
            id TEXT NOT NULL PRIMARY KEY, hash TEXT NOT NULL UNIQUE, name TEXT NOT NULL, role TEXT NOT NULL, workspace TEXT NOT NULL,
            created_at BIGINT NOT NULL, expires_at BIGINT NULL, last_used_at BIGINT NULL);
        """);

    private sealed record Row(string Id, string Name, string Role, string Workspace, long? ExpiresAt);

    /// <returns>The key itself: it is nowhere to be read again.</returns>
    public async Task<(ApiKey Stored, string Key)> Create(
        string name, Role role, string workspace, DateTimeOffset? expiresAt, CancellationToken ct)
    {
        var key = ApiKey.Generate();
        var stored = new ApiKey(Guid.NewGuid().ToString(), name, role, workspace, expiresAt);
        await using var write = await database.Sql.BeginWrite(ct);
        await write.Connection.ExecuteAsync(
            """
            INSERT INTO api_keys (id, hash, name, role, workspace, created_at, expires_at)
            VALUES (@Id, @Hash, @Name, @Role, @Workspace, @Now, @ExpiresAt)
            """,
            new
            {
                stored.Id,
                Hash = ApiKey.Hash(key),
                stored.Name,
                Role = role.ToString(),
                stored.Workspace,
                Now = clock.GetUtcNow().UtcTicks,
                ExpiresAt = expiresAt?.UtcTicks
            },
            write.Transaction);
        await write.Commit(ct);
        return (stored, key);
    }

    /// <summary>The key with this hash, expired or not; null when there is none.</summary>
    public async Task<ApiKey?> Find(string hash, CancellationToken ct)
    {
        await using var connection = await database.Sql.Open(ct);
        return await connection.QuerySingleOrDefaultAsync<Row>(
            "SELECT id, name, role, workspace, expires_at AS ExpiresAt FROM api_keys WHERE hash = @hash", new { hash }) is { } row
            ? new ApiKey(
                row.Id, row.Name, Enum.Parse<Role>(row.Role), row.Workspace, row.ExpiresAt is { } t ? new DateTimeOffset(t, TimeSpan.Zero) : null)
            : null;
    }
}
