using Connections.Credentials.Vault;
using Dapper;
using EventSourcing.Sql.Loops;

namespace Connections.Credentials.Ring;

/// <summary>
/// The hosts that run on this vault, each with the keys of its ring. A host that was not seen for a minute does not count. The clock of the
/// database measures it: those of the hosts may differ, and a host whose clock is behind would be overlooked.
/// </summary>
public sealed class RingHosts(VaultDatabase database, KeyRing ring)
{
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(20);
    private static readonly long Limit = (long)(3 * Interval).TotalMilliseconds;

    private readonly string now = DatabaseClock.For(database.Sql.Provider);

    /// <summary>Records that a host with this key ring runs now.</summary>
    public async Task Announce(string host, CancellationToken ct)
    {
        await using var connection = await database.Sql.Open(ct);
        await connection.ExecuteAsync(new CommandDefinition(
            $"""
            INSERT INTO ring_hosts (host, ring_keys, seen_at) VALUES (@Host, @Keys, {now})
            ON CONFLICT (host) DO UPDATE SET ring_keys = excluded.ring_keys, seen_at = excluded.seen_at
            """,
            new { Host = host, Keys = string.Join(' ', ring.KeyIds) },
            cancellationToken: ct));
    }

    /// <summary>Records that a host stops. Rows of hosts that were killed are removed too.</summary>
    public async Task Withdraw(string host, CancellationToken ct)
    {
        await using var connection = await database.Sql.Open(ct);
        await connection.ExecuteAsync(new CommandDefinition(
            $"DELETE FROM ring_hosts WHERE host = @Host OR seen_at < {now} - @Limit", new { Host = host, Limit }, cancellationToken: ct));
    }

    /// <summary>The running hosts that cannot read what this ring's active key wraps.</summary>
    public async Task<IReadOnlyList<string>> Lacking(CancellationToken ct)
    {
        await using var connection = await database.Sql.Open(ct);
        var rows = await connection.QueryAsync<(string Host, string Keys)>(new CommandDefinition(
            $"SELECT host, ring_keys FROM ring_hosts WHERE seen_at >= {now} - @Limit ORDER BY host", new { Limit }, cancellationToken: ct));
        return [.. rows.Where(row => !row.Keys.Split(' ').Contains(ring.ActiveKey)).Select(row => row.Host)];
    }
}
