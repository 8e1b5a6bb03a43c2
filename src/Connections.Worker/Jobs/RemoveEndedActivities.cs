using System.Collections.Concurrent;
using Connections.Credentials.Sealing;
using Connections.Domain;
using Connections.Files.Records;
using Connections.ReadModels.Activities;
using Connections.ReadModels.Ledger;
using Connections.ReadModels.Retention;
using Connections.ReadModels.Usage;
using EventSourcing;
using EventSourcing.Sql.Loops;
using Microsoft.Extensions.Options;
using Quartz;

namespace Connections.Worker.Jobs;

/// <summary>
/// Removes activities that ended before the retention period, once every reader of the log has passed them, and destroys the keys of months
/// that have no activities and files left. Removes old counts of usage. Nothing is removed while the clock is far ahead of what the service
/// knows. The stream is removed before its row: the job finds a row without a stream again, but not a stream without a row.
/// </summary>
[DisallowConcurrentExecution]
public sealed class RemoveEndedActivities(
    EndedActivities ended,
    SlowestReader slowest,
    IEventLog log,
    LedgerQueries ledger,
    OldUsage usage,
    ISeals seals,
    FileRecords files,
    IOptions<RetentionOptions> options,
    ClockGuard guard,
    ILogger<RemoveEndedActivities> logger) : IJob
{
    private const int Page = 500;
    private const int MaxConcurrency = 16; // the log commits concurrent writes together

    // An activity may be sealed on one day, start on the next, and wait until the longest deadline.
    private static readonly TimeSpan Slack = TimeSpan.FromDays(1);
    private static readonly TimeSpan MaxDeadline = TimeSpan.FromDays(30);

    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken) => await Remove(cancellationToken);

    public async Task Remove(CancellationToken ct)
    {
        if (await guard.Now(ct) is not { } now) return;
        var before = now - options.Value.Retention;
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = MaxConcurrency, CancellationToken = ct };
        var (removed, kept) = (0, 0);
        EndedActivity? last = null;
        (string Name, long Position) reader;
        do
        {
            reader = await slowest.Find(ct); // find it again for each page: a rebuild may have started meanwhile, and must read whole streams
            var page = await ended.Before(before, last, Page, ct);
            var gone = new ConcurrentBag<EndedActivity>();
            await Parallel.ForEachAsync(page, parallel, async (activity, token) =>
            {
                if (await Remove(activity, before, reader.Position, token)) gone.Add(activity);
            });
            await ended.Forget([.. gone], ct);
            (removed, kept) = (removed + gone.Count, kept + page.Count - gone.Count);
            last = page.Count == Page ? page[^1] : null;
        }
        while (last is not null);

        if (kept > 0)
            logger.LogWarning("Kept {Kept} ended activities: reader {Reader} is only at position {Position}", kept, reader.Name, reader.Position);
        if (removed > 0) logger.LogInformation("Removed {Removed} ended activities", removed);
        await ledger.ForgetUnknown(before, ct);
        await usage.Forget(now - OldUsage.Kept, ct);
        await seals.DestroyMonthsBefore(await SealedSince(before, ct), ct);
    }

    // The row says which activities may be due. The stream decides.
    private async Task<bool> Remove(EndedActivity activity, DateTimeOffset before, long position, CancellationToken ct)
    {
        var stream = new ActivityId(activity.Workspace, activity.Id).Stream;
        var events = (await log.Read(stream, ct)).Events;
        if (events.Count == 0) return true; // removed earlier; a crash left the row
        if (ActivityView.Fold(events) is not { FinishedAt: { } at } || at >= before || events[^1].Position > position) return false;
        await log.Remove(stream, ct);
        return true;
    }

    // During a rebuild there may be no rows yet. Then the longest deadline limits the age of sealed data.
    private async Task<DateTimeOffset> SealedSince(DateTimeOffset before, CancellationToken ct)
    {
        var oldest = await ended.OldestRequest(ct) is { } kept ? kept - Slack : before - MaxDeadline - Slack;
        if (oldest > before) oldest = before;
        return await files.OldestSealed(ct) is { } file && file < oldest ? file : oldest;
    }
}
