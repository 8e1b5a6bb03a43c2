using System.Security.Cryptography;
using Connections.Credentials.Keys;
using Connections.Credentials.Vault;
using Dapper;
using Microsoft.Extensions.Logging;

namespace Connections.Credentials.Ring;

/// <param name="Remaining">The number of data keys that each other ring key still wraps. A key that is not listed may be retired.</param>
public sealed record RewrapReport(int Rewrapped, IReadOnlyDictionary<string, int> Remaining);

/// <summary>
/// Wraps again with the active key all data keys that another ring key wraps. The progress is in the rows, so that a run may stop anywhere
/// and be repeated.
/// </summary>
public sealed class Rewrap(VaultDatabase database, KeyRing ring, RingHosts hosts, ILogger<Rewrap> log)
{
    private const int BatchSize = 200;

    /// <param name="force">Whether to go on although running hosts lack the active key.</param>
    /// <exception cref="KeyRingException">Running hosts lack the active key: they could not read what it wraps. The message names them.</exception>
    public async Task<RewrapReport> Run(CancellationToken ct, bool force = false)
    {
        if (!force && await hosts.Lacking(ct) is [_, ..] lacking)
            throw new KeyRingException(
                $"These hosts run without the key \"{ring.ActiveKey}\" and could not read what it wraps: {string.Join(", ", lacking)}. "
                + "Add the key to their ring and restart them first.");
        var rewrapped = 0;
        for (var batch = await Next(null, ct); batch.Count > 0; batch = await Next(batch[^1], ct)) rewrapped += await Write(batch, ct);
        await database.TruncateLog(ct);
        var report = new RewrapReport(rewrapped, await Remaining(ct));
        if (rewrapped > 0 || report.Remaining.Count > 0) Log(report);
        return report;
    }

    private void Log(RewrapReport report) => log.LogInformation(
        "Key ring: {Rewrapped} data keys wrapped again by {ActiveKey}; remaining: {Remaining}",
        report.Rewrapped,
        ring.ActiveKey,
        report.Remaining.Count == 0 ? "none" : string.Join(", ", report.Remaining.Select(pair => $"{pair.Key}: {pair.Value}")));

    private async Task<IReadOnlyList<Row>> Next(Row? after, CancellationToken ct)
    {
        await using var connection = await database.Sql.Open(ct);
        var rows = await connection.QueryAsync<Row>(new CommandDefinition(
            """
            SELECT scope AS Scope, workspace AS Workspace, name AS Name, ring_key AS RingKey, wrapped AS Wrapped FROM data_keys
            WHERE ring_key <> @Active AND (scope, workspace, name) > (@Scope, @Workspace, @Name)
            ORDER BY scope, workspace, name LIMIT @BatchSize
            """,
            new { Active = ring.ActiveKey, Scope = after?.Scope ?? "", Workspace = after?.Workspace ?? "", Name = after?.Name ?? "", BatchSize },
            cancellationToken: ct));
        return rows.AsList();
    }

    private async Task<int> Write(IReadOnlyList<Row> batch, CancellationToken ct)
    {
        var written = 0;
        await using var write = await database.Sql.BeginWrite(ct);
        foreach (var row in batch)
        {
            if (RewrapRow(row) is not { } again) continue;
            // The condition on the old value: the key may have been destroyed or rewrapped by another host meanwhile.
            written += await write.Connection.ExecuteAsync(new CommandDefinition(
                """
                UPDATE data_keys SET ring_key = @Active, wrapped = @Again
                WHERE scope = @Scope AND workspace = @Workspace AND name = @Name AND wrapped = @Wrapped
                """,
                new { Active = ring.ActiveKey, Again = again, row.Scope, row.Workspace, row.Name, row.Wrapped },
                write.Transaction,
                cancellationToken: ct));
        }

        await write.Commit(ct);
        return written;
    }

    private byte[]? RewrapRow(Row row)
    {
        var name = new DataKeyName(row.Scope, row.Workspace, row.Name);
        byte[] dataKey;
        try
        {
            dataKey = ring.Unwrap(row.RingKey, name, row.Wrapped);
        }
        catch (Exception e) when (e is KeyRingException or CryptographicException)
        {
            log.LogError(
                e, "The data key {Scope}/{Workspace}/{Name} cannot be unwrapped and is left unchanged", row.Scope, row.Workspace, row.Name);
            return null;
        }

        var again = ring.Wrap(name, dataKey);
        CryptographicOperations.ZeroMemory(dataKey);
        return again;
    }

    private async Task<IReadOnlyDictionary<string, int>> Remaining(CancellationToken ct)
    {
        await using var connection = await database.Sql.Open(ct);
        var rows = await connection.QueryAsync<(string RingKey, long Count)>(new CommandDefinition(
            "SELECT ring_key, COUNT(*) FROM data_keys WHERE ring_key <> @Active GROUP BY ring_key ORDER BY ring_key",
            new { Active = ring.ActiveKey },
            cancellationToken: ct));
        return rows.ToDictionary(row => row.RingKey, row => (int)row.Count);
    }

    private sealed class Row
    {
        public required string Scope { get; init; }

        public required string Workspace { get; init; }

        public required string Name { get; init; }

        public required string RingKey { get; init; }

        public required byte[] Wrapped { get; init; }
    }
}
