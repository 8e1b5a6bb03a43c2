using System.Security.Cryptography;
using Connections.Credentials.Keys;
using Connections.Domain;
using Dapper;
using EventSourcing.Sql;
using Microsoft.Extensions.Logging;

namespace Connections.Credentials.Vault;

internal sealed class SqlVault(VaultDatabase database, DataKeys keys, TimeProvider clock, ILogger<SqlVault> log) : IVault
{
    private const string ThisEntry = "workspace = @Workspace AND connection = @Connection AND entry = @Entry";

    public async Task Put(ConnectionId connection, string entry, Secret secret, CancellationToken ct)
    {
        var name = DataKeyName.ForConnection(connection);
        var drops = keys.Drops;
        var found = await keys.Find(name, ct);
        await using var write = await database.Sql.BeginWrite(ct);
        // The first entry and its key are stored in one transaction.
        using var key = found.Key ?? await MakeKey(name, found, write, ct) ?? throw new VaultDestroyedException(connection.Value);
        if (!await keys.Hold(name, write, ct)) throw new VaultDestroyedException(connection.Value);
        var box = key.Seal(secret.Reveal().Span, BoundTo(connection, entry));
        await write.Connection.ExecuteAsync(new CommandDefinition(
            """
            INSERT INTO vault_entries (workspace, connection, entry, put_at, box) VALUES (@Workspace, @Connection, @Entry, @Now, @Box)
            ON CONFLICT (workspace, connection, entry) DO NOTHING
            """,
            new
            {
                connection.Workspace,
                Connection = connection.Value.ToString(),
                Entry = entry,
                Now = clock.GetUtcNow().ToUnixTimeMilliseconds(),
                Box = box
            },
            write.Transaction,
            cancellationToken: ct));
        await write.Commit(ct);
        if (found.Key is null) keys.Keep(name, key, drops);
    }

    public async Task<Secret?> Get(ConnectionId connection, string entry, CancellationToken ct)
    {
        if (await Read(connection, entry, ct) is not { } box) return null;
        var found = await keys.Find(DataKeyName.ForConnection(connection), ct);
        if (found.Destroyed) return null;
        using var key = found.Key;
        try
        {
            if (key is not null) return new Secret(key.Open(box, BoundTo(connection, entry)));
        }
        catch (CryptographicException)
        {
            // Reported below.
        }

        log.LogError(
            "The vault entry {Entry} of connection {Connection} of {Workspace} does not open: {Cause}. The stored data was changed. Restore "
            + "the vault, or reconnect the connection",
            entry, connection.Value, connection.Workspace, (key, found.Unreadable) switch
            {
                (not null, _) => "its content does not fit its data key",
                (null, not null) => "its data key does not open",
                _ => "its data key is missing"
            });
        return null;
    }

    public async Task Destroy(ConnectionId connection, CancellationToken ct)
    {
        var name = DataKeyName.ForConnection(connection);
        await using (var write = await database.Sql.BeginWrite(ct))
        {
            // The key first: a concurrent Put has either committed, and its entry is deleted below, or fails because the key is destroyed.
            await keys.Destroy(name, write, ct);
            await write.Connection.ExecuteAsync(new CommandDefinition(
                "DELETE FROM vault_entries WHERE workspace = @Workspace AND connection = @Name",
                name,
                write.Transaction,
                cancellationToken: ct));
            await write.Commit(ct);
        }

        await keys.Forget(cached => cached == name, ct);
    }

    public async Task<IReadOnlyList<VaultEntry>> PutBefore(DateTimeOffset before, VaultEntry? after, int limit, CancellationToken ct)
    {
        await using var connection = await database.Sql.Open(ct);
        var rows = await connection.QueryAsync<Row>(new CommandDefinition(
            """
            SELECT workspace AS Workspace, connection AS Connection, entry AS Entry, put_at AS PutAt FROM vault_entries
            WHERE put_at < @Before AND (put_at, workspace, connection, entry) > (@At, @Workspace, @Connection, @Entry)
            ORDER BY put_at, workspace, connection, entry LIMIT @Limit
            """,
            new
            {
                Before = before.ToUnixTimeMilliseconds(),
                At = after?.PutAt.ToUnixTimeMilliseconds() ?? long.MinValue,
                Workspace = after?.Connection.Workspace ?? "",
                Connection = after?.Connection.Value.ToString() ?? "",
                Entry = after?.Entry ?? "",
                Limit = limit
            },
            cancellationToken: ct));
        return [.. rows.Select(row => row.ToEntry())];
    }

    public Task Remove(VaultEntry entry, CancellationToken ct) => Delete(
        $"{ThisEntry} AND put_at = @PutAt",
        new { entry.Connection.Workspace, Connection = entry.Connection.Value.ToString(), entry.Entry, PutAt = entry.PutAt.ToUnixTimeMilliseconds() },
        ct);

    public Task Remove(ConnectionId connection, string entry, CancellationToken ct) =>
        Delete(ThisEntry, new { connection.Workspace, Connection = connection.Value.ToString(), Entry = entry }, ct);

    private async Task Delete(string which, object parameters, CancellationToken ct)
    {
        await using var write = await database.Sql.BeginWrite(ct);
        await write.Connection.ExecuteAsync(new CommandDefinition(
            $"DELETE FROM vault_entries WHERE {which}", parameters, write.Transaction, cancellationToken: ct));
        await write.Commit(ct);
    }

    private async Task<AesKey?> MakeKey(DataKeyName name, DataKeys.Lookup found, SqlWrite write, CancellationToken ct)
    {
        if (found.Unreadable is not { } unreadable) return await keys.FindOrMake(name, write, ct);
        log.LogError(
            "The data key of connection {Connection} of {Workspace} does not open, because the stored data was changed. A new one takes its "
            + "place for the new credentials",
            name.Name, name.Workspace);
        return await keys.Replace(name, unreadable, write, ct);
    }

    private async Task<byte[]?> Read(ConnectionId connection, string entry, CancellationToken ct)
    {
        await using var sql = await database.Sql.Open(ct);
        return await sql.ExecuteScalarAsync<byte[]?>(new CommandDefinition(
            $"SELECT box FROM vault_entries WHERE {ThisEntry}",
            new { connection.Workspace, Connection = connection.Value.ToString(), Entry = entry },
            cancellationToken: ct));
    }

    private static byte[] BoundTo(ConnectionId connection, string entry) =>
        AdditionalData.Create("vault-entry", connection.Workspace, connection.Value.ToString(), entry);

    private sealed class Row
    {
        public required string Workspace { get; init; }

        public required string Connection { get; init; }

        public required string Entry { get; init; }

        public required long PutAt { get; init; }

        public VaultEntry ToEntry() => new(new ConnectionId(Workspace, Guid.Parse(Connection)), Entry, DateTimeOffset.FromUnixTimeMilliseconds(PutAt));
    }
}
