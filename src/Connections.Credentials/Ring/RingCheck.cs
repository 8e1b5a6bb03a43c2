using System.Security.Cryptography;
using Connections.Credentials.Vault;
using Dapper;
using EventSourcing.Sql;

namespace Connections.Credentials.Ring;

/// <summary>Checks at start, before anything is wrapped or unwrapped, that the key ring fits the vault.</summary>
internal static class RingCheck
{
    /// <exception cref="KeyRingException">A key differs from the one that the vault knows by its id, or a key is missing.</exception>
    public static async Task Run(VaultDatabase database, KeyRing ring, CancellationToken ct)
    {
        await using var write = await database.Sql.BeginWrite(ct);
        foreach (var id in ring.KeyIds) await CheckKey(ring, id, write, ct);
        await ThrowIfMissing(ring, write, ct);
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
        var stored = await write.Connection.ExecuteScalarAsync<byte[]>(new CommandDefinition(
            "SELECT check_value FROM ring_keys WHERE id = @Id", new { Id = id }, write.Transaction, cancellationToken: ct));
        if (!CryptographicOperations.FixedTimeEquals(check, stored))
        {
            throw new KeyRingException(
                $"The key \"{id}\" of the ring is not the one that this vault knows by that id. "
                + "Configure the right key, or use a new id for a new key: ids must not be reused.");
        }
    }

    private static async Task ThrowIfMissing(KeyRing ring, SqlWrite write, CancellationToken ct)
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
