using System.Buffers.Text;
using System.Security.Cryptography;
using Connections.Hosting.Keys;
using Dapper;
using EventSourcing.Sql;

namespace Connections.Hosting.Sessions;

/// <summary>
/// Stores the sessions of browsers and the codes of one-time addresses, both as hashes only, and the names of people, beside the API keys.
/// </summary>
public sealed class SessionStore(KeyDatabase database, TimeProvider clock)
{
    public static readonly TimeSpan CodeLife = TimeSpan.FromMinutes(10);

    public static readonly Migrations Tables = new(
        "sessions",
        """
        CREATE TABLE sessions (
            hash TEXT NOT NULL PRIMARY KEY, workspace TEXT NOT NULL, key_id TEXT NOT NULL, form_secret TEXT NOT NULL,
            created_at BIGINT NOT NULL, used_at BIGINT NOT NULL);
        CREATE INDEX sessions_by_use ON sessions (used_at);
        CREATE TABLE sign_in_codes (hash TEXT NOT NULL PRIMARY KEY, workspace TEXT NOT NULL, key_id TEXT NOT NULL, expires_at BIGINT NOT NULL);
        """,
        """
        ALTER TABLE sessions ADD COLUMN role TEXT NULL;
        ALTER TABLE sessions ADD COLUMN rules TEXT NULL;
        CREATE TABLE people (workspace TEXT NOT NULL, id TEXT NOT NULL, name TEXT NOT NULL, PRIMARY KEY (workspace, id));
        """);

    private sealed record SessionRow(
        string Workspace, string KeyId, string FormSecret, long CreatedAt, long UsedAt, string? Role, string? Rules, string? Name);

    private sealed record CodeRow(string Workspace, string KeyId, long ExpiresAt);

    /// <returns>The token for the browser's cookie, which cannot be read again.</returns>
    public Task<string> Begin(string workspace, Guid key, CancellationToken ct) => Begin(workspace, key, null, ct);

    /// <summary>Begins the session of a person, and keeps the name for the history.</summary>
    /// <returns>The token for the browser's cookie, which cannot be read again.</returns>
    public async Task<string> Begin(Person person, CancellationToken ct)
    {
        await Write(
            """
            INSERT INTO people (workspace, id, name) VALUES (@Workspace, @Id, @Name)
            ON CONFLICT (workspace, id) DO UPDATE SET name = excluded.name
            """,
            new { person.Workspace, Id = person.Id.ToString(), person.Name },
            ct);
        return await Begin(person.Workspace, person.Id, person, ct);
    }

    private async Task<string> Begin(string workspace, Guid key, Person? person, CancellationToken ct)
    {
        var (token, now) = (Random(), clock.GetUtcNow());
        await Write(
            """
            DELETE FROM sessions WHERE used_at < @Unused OR created_at < @Old;
            INSERT INTO sessions (hash, workspace, key_id, form_secret, created_at, used_at, role, rules)
            VALUES (@Hash, @workspace, @Key, @Secret, @Now, @Now, @Role, @Rules)
            """,
            new
            {
                Unused = (now - Session.LongestUnused).UtcTicks,
                Old = (now - Session.Longest).UtcTicks,
                Hash = ApiKey.Hash(token),
                workspace,
                Key = key.ToString(),
                Secret = Random(),
                Now = now.UtcTicks,
                Role = person?.Role.ToString(),
                person?.Rules
            },
            ct);
        return token;
    }

    /// <summary>The session of the token; null when there is none, or it has ended.</summary>
    public async Task<Session?> Find(string token, CancellationToken ct)
    {
        await using var connection = await database.Sql.Open(ct);
        var row = await connection.QuerySingleOrDefaultAsync<SessionRow>(
            """
            SELECT s.workspace, s.key_id AS KeyId, s.form_secret AS FormSecret, s.created_at AS CreatedAt, s.used_at AS UsedAt,
                s.role AS Role, s.rules AS Rules, p.name AS Name
            FROM sessions s LEFT JOIN people p ON p.workspace = s.workspace AND p.id = s.key_id WHERE s.hash = @Hash
            """,
            new { Hash = ApiKey.Hash(token) });
        if (row is null) return null;
        Person? person = null;
        if (row.Role is not null)
        {
            // A role that this version does not know, as of a newer one, opens nothing.
            if (Enum.GetValues<Role>().Where(known => known.ToString() == row.Role).ToArray() is not [var role]) return null;
            if (row.Name is null || row.Rules is null) return null;
            person = new Person(Guid.Parse(row.KeyId), row.Workspace, row.Name, role, row.Rules);
        }

        var found = new Session(row.Workspace, Guid.Parse(row.KeyId), row.FormSecret, At(row.CreatedAt), At(row.UsedAt), person);
        return found.HasEnded(clock.GetUtcNow()) ? null : found;
    }

    /// <summary>The name of a person who signed in to the workspace before; null if there is none.</summary>
    public async Task<string?> PersonName(string workspace, Guid id, CancellationToken ct)
    {
        await using var connection = await database.Sql.Open(ct);
        return await connection.ExecuteScalarAsync<string?>(
            "SELECT name FROM people WHERE workspace = @workspace AND id = @Id", new { workspace, Id = id.ToString() });
    }

    /// <summary>Ends the sessions of all people. Those of keys go on.</summary>
    public Task EndPeople(CancellationToken ct) => Write("DELETE FROM sessions WHERE role IS NOT NULL", new { }, ct);

    public Task Used(string token, CancellationToken ct) => Write(
        "UPDATE sessions SET used_at = @Now WHERE hash = @Hash", new { Hash = ApiKey.Hash(token), Now = clock.GetUtcNow().UtcTicks }, ct);

    public Task End(string token, CancellationToken ct) =>
        Write("DELETE FROM sessions WHERE hash = @Hash", new { Hash = ApiKey.Hash(token) }, ct);

    /// <summary>Creates the code of a one-time address, which signs in with the key.</summary>
    public async Task<string> CreateCode(string workspace, Guid key, CancellationToken ct)
    {
        var code = Random();
        await Write(
            """
            DELETE FROM sign_in_codes WHERE expires_at < @Now;
            INSERT INTO sign_in_codes (hash, workspace, key_id, expires_at) VALUES (@Hash, @workspace, @Key, @ExpiresAt)
            """,
            new
            {
                Now = clock.GetUtcNow().UtcTicks,
                Hash = ApiKey.Hash(code),
                workspace,
                Key = key.ToString(),
                ExpiresAt = (clock.GetUtcNow() + CodeLife).UtcTicks
            },
            ct);
        return code;
    }

    /// <summary>Uses the code up. Null when it is unknown, was used before, or has expired.</summary>
    public async Task<SignInCode?> UseCode(string code, CancellationToken ct)
    {
        await using var write = await database.Sql.BeginWrite(ct);
        var row = await write.Connection.QuerySingleOrDefaultAsync<CodeRow>(
            "DELETE FROM sign_in_codes WHERE hash = @Hash RETURNING workspace, key_id AS KeyId, expires_at AS ExpiresAt",
            new { Hash = ApiKey.Hash(code) },
            write.Transaction);
        await write.Commit(ct);
        return row is null || HasExpired(At(row.ExpiresAt)) ? null : new SignInCode(row.Workspace, Guid.Parse(row.KeyId));
    }

    // A code that lives longer than any does was created while a clock was wrong.
    private bool HasExpired(DateTimeOffset at) => at - clock.GetUtcNow() is var left && (left <= TimeSpan.Zero || left > CodeLife + Session.MaxSkew);

    private async Task Write(string sql, object parameters, CancellationToken ct)
    {
        await using var write = await database.Sql.BeginWrite(ct);
        await write.Connection.ExecuteAsync(sql, parameters, write.Transaction);
        await write.Commit(ct);
    }

    private static string Random() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));

    private static DateTimeOffset At(long ticks) => new(ticks, TimeSpan.Zero);
}
