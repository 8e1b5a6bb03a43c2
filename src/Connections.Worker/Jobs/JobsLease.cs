using System.Collections.Concurrent;
using EventSourcing.Sql.Loops;
using Quartz;

namespace Connections.Worker.Jobs;

/// <summary>
/// Runs the jobs only in the instance that holds the lease. An instance remembers the jobs that it skipped, and runs them once it gets the
/// lease: otherwise a daily job would run only in an instance that is not restarted for a day.
/// </summary>
public sealed class JobsLease(ILeases leases, TimeProvider clock) : BackgroundService, ITriggerListener
{
    private const string Lease = "jobs";

    private static readonly TimeSpan PollInterval = TimeSpan.FromSeconds(2);

    private readonly ConcurrentDictionary<JobKey, IScheduler> skipped = [];

    public string Name => Lease;

    public ValueTask<bool> VetoJobExecution(ITrigger trigger, IJobExecutionContext context, CancellationToken cancellationToken = default)
    {
        if (leases.Holds(Lease)) return ValueTask.FromResult(false);
        skipped[trigger.JobKey] = context.Scheduler;
        return ValueTask.FromResult(true);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            await leases.Wait(Lease, stoppingToken);
            foreach (var job in skipped.Keys)
            {
                if (skipped.TryRemove(job, out var scheduler)) await scheduler.TriggerJob(job, cancellationToken: stoppingToken);
            }

            await Task.Delay(PollInterval, clock, stoppingToken);
        }
    }
}
