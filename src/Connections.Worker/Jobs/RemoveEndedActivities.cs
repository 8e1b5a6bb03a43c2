using System.Collections.Concurrent;
using Connections.Credentials.Sealing;
using Connections.Domain.Activity;
using Connections.ReadModels.Activities;
using Connections.ReadModels.Ledger;
using EventSourcing;
using EventSourcing.Sql.Loops;
using Microsoft.Extensions.Options;
using Quartz;

namespace Connections.Worker.Jobs;

/// <summary>
/// Removes activities that ended longer ago than they are kept, behind every reader of the log, and destroys the keys of months of which
/// nothing is left. The stream goes first: a row without its stream is found again, a stream without its row would not be.
/// </summary>
[DisallowConcurrentExecution]
public sealed class RemoveEndedActivities(
    EndedActivities ended,
    SlowestReader slowest,
    IEventLog log,
    LedgerQueries ledger,
    ISeals seals,
    IOptions<RetentionOptions> options,
    TimeProvider clock,
    ILogger<RemoveEndedActivities> logger) : IJob
{
    private const int Page = 500;
    private const int AtOnce = 16; // the log commits together what comes together

    // an activity may be sealed on one day, begin on the next, and wait as long as the longest deadline
    private static readonly TimeSpan Slack = TimeSpan.FromDays(1);
    private static readonly TimeSpan LongestDeadline = TimeSpan.FromDays(30);

    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken) => await Remove(cancellationToken);

    public async Task Remove(CancellationToken ct)
    {
        var before = clock.GetUtcNow() - options.Value.Retention;
        var together = new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = ct };
        var (removed, kept) = (0, 0);
        EndedActivity? last = null;
        (string Name, long Position) reader;
        do
        {
            reader = await slowest.Find(ct); // a rebuild may begin meanwhile: it reads nothing by halves
            var page = await ended.Before(before, last, Page, ct);
            var gone = new ConcurrentBag<EndedActivity>();
            await Parallel.ForEachAsync(page, together, async (activity, token) =>
            {
                if (await Remove(activity, before, reader.Position, token)) gone.Add(activity);
            });
            await ended.Forget([.. gone], ct);
            (removed, kept) = (removed + gone.Count, kept + page.Count - gone.Count);
            last = page.Count == Page ? page[^1] : null;
        }
        while (last is not null);

        if (kept > 0) logger.LogWarning("{Kept} ended activities are kept: reader {Reader} stands at {Position}", kept, reader.Name, reader.Position);
        if (removed > 0) logger.LogInformation("{Removed} ended activities were removed", removed);
        await ledger.ForgetUnknown(before, ct);
        await seals.DestroyMonthsBefore(await SealedSince(before, ct), ct);
    }

    // the row says who may be due; the stream itself, whether it is
    private async Task<bool> Remove(EndedActivity activity, DateTimeOffset before, long position, CancellationToken ct)
    {
        var stream = ActivityDecider.Stream(activity.Workspace, activity.Id);
        var events = (await log.Read(stream, ct)).Events;
        if (events.Count == 0) return true; // removed before, and the row left by a crash
        if (ActivityView.Fold(events) is not { FinishedAt: { } at } || at >= before || events[^1].Position > position) return false;
        await log.Remove(stream, ct);
        return true;
    }

    // where rows are being built again they may be none yet: then by the longest that anything sealed could be waited for
    private async Task<DateTimeOffset> SealedSince(DateTimeOffset before, CancellationToken ct)
    {
        var oldest = await ended.OldestRequest(ct) is { } kept ? kept - Slack : before - LongestDeadline - Slack;
        return oldest < before ? oldest : before;
    }
}
