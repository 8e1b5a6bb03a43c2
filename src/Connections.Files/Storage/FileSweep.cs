using Connections.Files.Records;
using Microsoft.Extensions.Logging;

namespace Connections.Files.Storage;

/// <summary>Removes files that expired, and bytes without a record: of uploads that a crash ended, and of files whose record was removed.</summary>
public sealed class FileSweep(IByteStore bytes, StoreIdentity identity, FileRecords records, TimeProvider clock, ILogger<FileSweep> log)
{
    private const int Page = 500;
    private const int MostSuspects = 10_000;

    // No upload takes an hour between its last byte and its record. The time of an object in a bucket may be that of its first byte, so a
    // second run has to find no record either.
    private static readonly TimeSpan GracePeriod = TimeSpan.FromHours(1);

    // For this long an expired file is reported as expired, then as not found.
    private static readonly TimeSpan Remembered = TimeSpan.FromDays(30);

    // The bytes without a record, and when a run found them first.
    private readonly Dictionary<Guid, long> suspects = [];

    /// <summary>Runs must follow one another. A part that fails does not keep the others from their work.</summary>
    /// <param name="now">A time that can be trusted.</param>
    /// <param name="delay">How long the bytes of an expired file are kept, because the clock may be ahead by as much.</param>
    public async Task Run(DateTimeOffset now, TimeSpan delay, CancellationToken ct)
    {
        if (bytes.Place is null || await identity.Problem(ct) is not null) return;
        var expired = RemoveExpired(now - delay, ct);
        var unpublished = After(expired, () => bytes.RemoveUnpublished(now - GracePeriod, ct));
        var orphaned = After(unpublished, () => RemoveWithoutRecord(now - GracePeriod, ct));
        var forgotten = After(orphaned, async () =>
        {
            await records.ForgetExpiredBefore(now - delay - Remembered, ct);
            return 0;
        });
        await Task.WhenAll(expired, unpublished, orphaned, forgotten);
        var (files, uploads) = (await expired, await unpublished + await orphaned);
        if (files + uploads > 0)
            log.LogInformation("Removed {Expired} expired files, and the bytes of {Orphaned} uploads that never ended", files, uploads);
    }

    private static async Task<int> After(Task earlier, Func<Task<int>> work)
    {
        await earlier.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return await work();
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
        var (removed, found) = (0, new HashSet<Guid>());
        await foreach (var id in bytes.WrittenBefore(before, ct))
        {
            if (await records.IsKept(id, ct)) continue;
            if (suspects.Count < MostSuspects) suspects.TryAdd(id, clock.GetTimestamp());
            if (!suspects.TryGetValue(id, out var since)) continue; // a later run comes to it
            if (clock.GetElapsedTime(since) < GracePeriod)
            {
                found.Add(id);
                continue;
            }

            await bytes.Remove(id, ct);
            suspects.Remove(id);
            FileMeter.Removed("orphaned");
            removed++;
        }

        foreach (var id in suspects.Keys.Where(id => !found.Contains(id)).ToList()) suspects.Remove(id);
        return removed;
    }
}
