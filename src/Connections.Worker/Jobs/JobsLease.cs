using System.Collections.Concurrent;
using EventSourcing.Sql.Loops;
using Quartz;

namespace Connections.Worker.Jobs;

/// <summary>
/// Of all instances the one with the lease runs the jobs. What the schedule passed over elsewhere runs as soon as the lease comes: else a
/// daily job would wait for a day in which its instance is not restarted.
/// </summary>
public sealed class JobsLease(ILeases leases, TimeProvider clock) : BackgroundService, ITriggerListener
{
    private const string Lease = "jobs";

    private static readonly TimeSpan PollInterval = TimeSpan.FromSeconds(2);

    private readonly ConcurrentDictionary<JobKey, IScheduler> passedOver = [];

    public string Name => Lease;

    public ValueTask<bool> VetoJobExecution(ITrigger trigger, IJobExecutionContext context, CancellationToken cancellationToken = default)
    {
        if (leases.Holds(Lease)) return ValueTask.FromResult(false);
        passedOver[trigger.JobKey] = context.Scheduler;
        return ValueTask.FromResult(true);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            await leases.Wait(Lease, stoppingToken);
            foreach (var job in passedOver.Keys)
            {
                if (passedOver.TryRemove(job, out var scheduler)) await scheduler.TriggerJob(job, cancellationToken: stoppingToken);
            }

            await Task.Delay(PollInterval, clock, stoppingToken);
        }
    }
}
