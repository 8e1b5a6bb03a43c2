using System.Security.Cryptography;
using Connections.Credentials.Vault;
using Dapper;
using EventSourcing.Sql;

namespace Connections.Credentials.Ring;

/// <summary>Is this the ring that the vault knows? Asked at start, before anything is wrapped or opened.</summary>
internal static class RingCheck
{
    /// <exception cref="KeyRingException">A key is another one than the vault knows by that id, or one is missing.</exception>
    public static async Task Run(VaultDatabase database, KeyRing ring, CancellationToken ct)
    {
        await using var write = await database.Sql.BeginWrite(ct);
        foreach (var id in ring.KeyIds) await CheckKey(ring, id, write, ct);
        await RefuseMissing(ring, write, ct);
        await write.Commit(ct);
    }

    private static async Task CheckKey(KeyRing ring, string id, SqlWrite write, CancellationToken ct)
    {
        var check = ring.CheckValue(id);
        await write.Connection.ExecuteAsync(new CommandDefinition(
            "INSERT INTO ring_keys (id, check_value) VALUES (@Id, @Check) ON CONFLICT (id) DO NOTHING",
            new { Id = id, Check = check },
            write.Transaction,
            cancellationToken: ct));
        var known = await write.Connection.ExecuteScalarAsync<byte[]>(new CommandDefinition(
            "SELECT check_value FROM ring_keys WHERE id = @Id", new { Id = id }, write.Transaction, cancellationToken: ct));
        if (!CryptographicOperations.FixedTimeEquals(check, known))
        {
            throw new KeyRingException(
                $"The key \"{id}\" of the ring is not the one that this vault knows by that id. "
                + "Give the right key, or a new key a new id: an id is never used again.");
        }
    }

    private static async Task RefuseMissing(KeyRing ring, SqlWrite write, CancellationToken ct)
    {
        var used = await write.Connection.QueryAsync<string>(new CommandDefinition(
            "SELECT DISTINCT ring_key FROM data_keys WHERE ring_key IS NOT NULL ORDER BY ring_key",
            transaction: write.Transaction,
            cancellationToken: ct));
        var missing = used.Except(ring.KeyIds).ToList();
        if (missing.Count > 0)
        {
            throw new KeyRingException(
                $"The ring lacks keys that still wrap data of this vault: {string.Join(", ", missing)}. "
                + $"It has: {string.Join(", ", ring.KeyIds)}.");
        }
    }
}
