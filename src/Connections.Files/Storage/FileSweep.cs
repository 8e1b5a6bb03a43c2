using Connections.Files.Records;
using Microsoft.Extensions.Logging;

namespace Connections.Files.Storage;

/// <summary>Removes files that expired, and bytes without a record: of uploads that a crash ended, and of files whose record was removed.</summary>
public sealed class FileSweep(IByteStore bytes, StoreIdentity identity, FileRecords records, ILogger<FileSweep> log)
{
    private const int Page = 500;

    // No upload takes an hour between its last byte and its record.
    private static readonly TimeSpan GracePeriod = TimeSpan.FromHours(1);

    // For this long an expired file is reported as expired, then as not found.
    private static readonly TimeSpan Remembered = TimeSpan.FromDays(30);

    /// <param name="now">A time that can be trusted.</param>
    /// <param name="delay">How long the bytes of an expired file are kept, because the clock may be ahead by as much.</param>
    public async Task Run(DateTimeOffset now, TimeSpan delay, CancellationToken ct)
    {
        if (bytes.Place is null || await identity.Problem(ct) is not null) return;
        var expired = await RemoveExpired(now - delay, ct);
        var orphaned = await bytes.RemoveUnpublished(now - GracePeriod, ct) + await RemoveWithoutRecord(now - GracePeriod, ct);
        await records.ForgetExpiredBefore(now - delay - Remembered, ct);
        if (expired + orphaned > 0)
            log.LogInformation("Removed {Expired} expired files, and the bytes of {Orphaned} uploads that never ended", expired, orphaned);
    }

    private async Task<int> RemoveExpired(DateTimeOffset before, CancellationToken ct)
    {
        var removed = 0;
        for (var page = await records.ExpiredBefore(before, Page, ct); page.Count > 0; page = await records.ExpiredBefore(before, Page, ct))
        {
            foreach (var file in page)
            {
                await records.Unseal(file.Id, ct);
                await bytes.Remove(file.Id, ct);
                FileMeter.Removed("expired");
            }

            removed += page.Count;
        }

        return removed;
    }

    private async Task<int> RemoveWithoutRecord(DateTimeOffset before, CancellationToken ct)
    {
        var removed = 0;
        await foreach (var id in bytes.WrittenBefore(before, ct))
        {
            if (await records.IsKept(id, ct)) continue;
            await bytes.Remove(id, ct);
            FileMeter.Removed("orphaned");
            removed++;
        }

        return removed;
    }
}
