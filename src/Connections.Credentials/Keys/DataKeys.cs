using System.Data.Common;
using System.Security.Cryptography;
using Connections.Credentials.Ring;
using Connections.Credentials.Vault;
using Dapper;
using EventSourcing.Sql;

namespace Connections.Credentials.Keys;

/// <summary>Data keys: random, wrapped by the key ring, one permanent row each. A destroyed key leaves its row without the key.</summary>
internal sealed class DataKeys(VaultDatabase database, KeyRing ring, TimeProvider clock) : IDisposable
{
    private const string ThisOne = "scope = @Scope AND workspace = @Workspace AND name = @Name";
    private readonly KeyCache cache = new(clock);

    /// <param name="Key">A lease, to be disposed; null if there is no key.</param>
    /// <param name="Destroyed">True if there was a key and it was destroyed.</param>
    /// <param name="Unreadable">The stored form of a key that does not open, because its row was changed.</param>
    public readonly record struct Lookup(AesKey? Key, bool Destroyed, byte[]? Unreadable = null);

    public async ValueTask<Lookup> Find(DataKeyName name, CancellationToken ct)
    {
        if (cache.Find(name) is { } cached) return new Lookup(cached, Destroyed: false);
        var drops = cache.Drops;
        await using var connection = await database.Sql.Open(ct);
        var found = Unwrap(name, await Read(name, connection, null, ct));
        return found.Key is { } key ? found with { Key = cache.Keep(name, key, drops) } : found;
    }

    /// <summary>
    /// Creates the key on first use. If two hosts create it at once, both get the first one. Null if the key was destroyed, or does not
    /// open.
    /// </summary>
    public async ValueTask<AesKey?> FindOrMake(DataKeyName name, CancellationToken ct)
    {
        var found = await Find(name, ct);
        return found is { Key: null, Destroyed: false, Unreadable: null } ? await Make(name, ct) : found.Key;
    }

    /// <summary>Runs in the caller's transaction. The key is not cached before the commit and the call of <see cref="Keep"/>.</summary>
    public async Task<AesKey?> FindOrMake(DataKeyName name, SqlWrite write, CancellationToken ct)
    {
        var fresh = RandomNumberGenerator.GetBytes(AesKey.Size);
        try
        {
            await write.Connection.ExecuteAsync(new CommandDefinition(
                """
                INSERT INTO data_keys (scope, workspace, name, ring_key, wrapped) VALUES (@Scope, @Workspace, @Name, @RingKey, @Wrapped)
                ON CONFLICT (scope, workspace, name) DO NOTHING
                """,
                new { name.Scope, name.Workspace, name.Name, RingKey = ring.ActiveKey, Wrapped = ring.Wrap(name, fresh) },
                write.Transaction,
                cancellationToken: ct));
            return Unwrap(name, await Read(name, write.Connection, write.Transaction, ct)).Key;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(fresh);
        }
    }

    /// <summary>
    /// Puts a fresh key in the place of one that does not open. What the old one sealed was unreadable before. If two hosts do it at once,
    /// both get the first fresh one.
    /// </summary>
    public async Task<AesKey?> Replace(DataKeyName name, byte[] unreadable, SqlWrite write, CancellationToken ct)
    {
        var fresh = RandomNumberGenerator.GetBytes(AesKey.Size);
        try
        {
            await write.Connection.ExecuteAsync(new CommandDefinition(
                $"UPDATE data_keys SET ring_key = @RingKey, wrapped = @Wrapped WHERE {ThisOne} AND wrapped = @Unreadable",
                new { name.Scope, name.Workspace, name.Name, RingKey = ring.ActiveKey, Wrapped = ring.Wrap(name, fresh), Unreadable = unreadable },
                write.Transaction,
                cancellationToken: ct));
            return Unwrap(name, await Read(name, write.Connection, write.Transaction, ct)).Key;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(fresh);
        }
    }

    /// <summary>
    /// The key to use where <paramref name="tried"/> cannot be used: the next later key that the workspace has, else the next number in the
    /// month of <paramref name="first"/>. A host whose clock is behind thus seals with the keys of the others.
    /// </summary>
    public async Task<MonthKey> NextOf(string workspace, MonthKey first, MonthKey tried, CancellationToken ct)
    {
        await using var connection = await database.Sql.Open(ct);
        var rows = await connection.QueryAsync<(string Name, long? DestroyedAt)>(new CommandDefinition(
            "SELECT name, destroyed_at FROM data_keys WHERE scope = @Scope AND workspace = @Workspace AND name >= @Month",
            new { Scope = DataKeyName.Months, Workspace = workspace, first.Month },
            cancellationToken: ct));
        var known = rows.Select(row => (Key: MonthKey.Parse(row.Name)!.Value, Live: row.DestroyedAt is null)).OrderBy(row => row.Key).ToArray();
        foreach (var (key, live) in known)
            if (live && key.CompareTo(tried) > 0) return key;
        var numbers = known.Where(row => row.Key.Month == first.Month).Select(row => row.Key.Number);
        return first with { Number = numbers.DefaultIfEmpty(0).Max() + 1 };
    }

    /// <summary>Read this before looking up a key, and pass it to <see cref="Keep"/>.</summary>
    public long Drops => cache.Drops;

    /// <summary>Caches the key; the caller still disposes its own lease.</summary>
    public void Keep(DataKeyName name, AesKey key, long drops)
    {
        if (key.Lease()) cache.Keep(name, key, drops).Dispose();
    }

    /// <summary>True if the key exists. The key cannot be destroyed before the transaction ends.</summary>
    public async Task<bool> Hold(DataKeyName name, SqlWrite write, CancellationToken ct) =>
        await write.Connection.ExecuteScalarAsync<int?>(new CommandDefinition(
            $"SELECT 1 FROM data_keys WHERE {ThisOne} AND wrapped IS NOT NULL{VaultTables.HoldRow(database.Sql.Provider)}",
            name,
            write.Transaction,
            cancellationToken: ct)) is not null;

    /// <summary>Leaves a tombstone, even if there was no key yet. Call <see cref="Forget"/> after the commit.</summary>
    public async Task Destroy(DataKeyName name, SqlWrite write, CancellationToken ct) =>
        await write.Connection.ExecuteAsync(new CommandDefinition(
            """
            INSERT INTO data_keys (scope, workspace, name, destroyed_at) VALUES (@Scope, @Workspace, @Name, @Now)
            ON CONFLICT (scope, workspace, name) DO UPDATE SET ring_key = NULL, wrapped = NULL, destroyed_at = excluded.destroyed_at
            WHERE data_keys.wrapped IS NOT NULL
            """,
            new { name.Scope, name.Workspace, name.Name, Now = clock.GetUtcNow().ToUnixTimeMilliseconds() },
            write.Transaction,
            cancellationToken: ct));

    public async Task DestroyMonthsBefore(string month, SqlWrite write, CancellationToken ct) =>
        await write.Connection.ExecuteAsync(new CommandDefinition(
            """
            UPDATE data_keys SET ring_key = NULL, wrapped = NULL, destroyed_at = @Now
            WHERE scope = @Scope AND name < @Month AND wrapped IS NOT NULL
            """,
            new { Scope = DataKeyName.Months, Month = month, Now = clock.GetUtcNow().ToUnixTimeMilliseconds() },
            write.Transaction,
            cancellationToken: ct));

    /// <summary>Removes keys from this process's memory, and from the write-ahead log.</summary>
    public Task Forget(Func<DataKeyName, bool> predicate, CancellationToken ct)
    {
        cache.Drop(predicate);
        return database.TruncateLog(ct);
    }

    public void Dispose() => cache.Dispose();

    private async Task<AesKey?> Make(DataKeyName name, CancellationToken ct)
    {
        var drops = cache.Drops;
        await using var write = await database.Sql.BeginWrite(ct);
        var key = await FindOrMake(name, write, ct);
        await write.Commit(ct);
        return key is null ? null : cache.Keep(name, key, drops);
    }

    private static Task<Row?> Read(DataKeyName name, DbConnection connection, DbTransaction? transaction, CancellationToken ct) =>
        connection.QuerySingleOrDefaultAsync<Row>(new CommandDefinition(
            $"SELECT ring_key AS RingKey, wrapped AS Wrapped FROM data_keys WHERE {ThisOne}", name, transaction, cancellationToken: ct));

    private Lookup Unwrap(DataKeyName name, Row? row) => row switch
    {
        null => new Lookup(null, Destroyed: false),
        { RingKey: { } ringKey, Wrapped: { } wrapped } => Unwrap(name, ringKey, wrapped),
        _ => new Lookup(null, Destroyed: true)
    };

    private Lookup Unwrap(DataKeyName name, string ringKey, byte[] wrapped)
    {
        try
        {
            return new Lookup(new AesKey(ring.Unwrap(ringKey, name, wrapped)), Destroyed: false);
        }
        catch (CryptographicException)
        {
            return new Lookup(null, Destroyed: false, Unreadable: wrapped);
        }
    }

    private sealed class Row
    {
        public string? RingKey { get; init; }

        public byte[]? Wrapped { get; init; }
    }
}
