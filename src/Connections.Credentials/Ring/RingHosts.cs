using Connections.Credentials.Vault;
using Dapper;

namespace Connections.Credentials.Ring;

/// <summary>The hosts that run on this vault, each with the keys of its ring. A host that was not seen for a minute does not count.</summary>
public sealed class RingHosts(VaultDatabase database, KeyRing ring, TimeProvider clock)
{
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Limit = 3 * Interval;

    /// <summary>Records that a host with this key ring runs now.</summary>
    public async Task Announce(string host, CancellationToken ct)
    {
        await using var connection = await database.Sql.Open(ct);
        await connection.ExecuteAsync(new CommandDefinition(
            """
            INSERT INTO ring_hosts (host, ring_keys, seen_at) VALUES (@Host, @Keys, @Now)
            ON CONFLICT (host) DO UPDATE SET ring_keys = excluded.ring_keys, seen_at = excluded.seen_at
            """,
            new { Host = host, Keys = string.Join(' ', ring.KeyIds), Now = clock.GetUtcNow().ToUnixTimeMilliseconds() },
            cancellationToken: ct));
    }

    /// <summary>Records that a host stops. Rows of hosts that were killed are removed too.</summary>
    public async Task Withdraw(string host, CancellationToken ct)
    {
        await using var connection = await database.Sql.Open(ct);
        await connection.ExecuteAsync(new CommandDefinition(
            "DELETE FROM ring_hosts WHERE host = @Host OR seen_at < @Since", new { Host = host, Since = Since() }, cancellationToken: ct));
    }

    /// <summary>The running hosts that cannot read what this ring's active key wraps.</summary>
    public async Task<IReadOnlyList<string>> Lacking(CancellationToken ct)
    {
        await using var connection = await database.Sql.Open(ct);
        var rows = await connection.QueryAsync<(string Host, string Keys)>(new CommandDefinition(
            "SELECT host, ring_keys FROM ring_hosts WHERE seen_at >= @Since ORDER BY host", new { Since = Since() }, cancellationToken: ct));
        return [.. rows.Where(row => !row.Keys.Split(' ').Contains(ring.ActiveKey)).Select(row => row.Host)];
    }

    private long Since() => (clock.GetUtcNow() - Limit).ToUnixTimeMilliseconds();
}
