using Connections.Worker.Jobs;
using EventSourcing.Sql.Loops;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Time.Testing;
using Quartz;
using TestServers;

namespace Worker.Tests.Jobs;

public sealed class JobsLeaseTests
{
    [Fact]
    public async Task Jobs_run_in_the_lease_holder_and_skipped_jobs_run_when_the_lease_is_acquired()
    {
        var (leases, clock, runs) = (new GivenLease(), new FakeTimeProvider(), new Runs());
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddLogging().AddSingleton(runs).AddSingleton(new JobsLease(leases, clock));
        builder.Services.AddHostedService(p => p.GetRequiredService<JobsLease>());
        builder.Services.AddQuartz(quartz =>
        {
            quartz.AddTriggerListener(p => new Vetoes(p.GetRequiredService<JobsLease>(), runs));
            quartz.ScheduleJob<Job>(t => t.WithSimpleSchedule(s => s.WithInterval(TimeSpan.FromDays(1)).RepeatForever()));
        });
        builder.Services.AddQuartzHostedService();
        using var host = builder.Build();
        await host.StartAsync();
        await Until.Holds(() => runs.PassedOver == 1, "the job is skipped");
        Assert.Equal(0, runs.Count);

        leases.Give();

        await Until.Holds(() => runs.Count == 1, "the job runs");
        await host.StopAsync();
    }

    private sealed class Runs
    {
        public int Count;
        public int PassedOver;
    }

    private sealed class Job(Runs runs) : IJob
    {
        public ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref runs.Count);
            return ValueTask.CompletedTask;
        }
    }

    private sealed class Vetoes(JobsLease lease, Runs runs) : ITriggerListener
    {
        public async ValueTask<bool> VetoJobExecution(ITrigger trigger, IJobExecutionContext context, CancellationToken cancellationToken)
        {
            var vetoed = await lease.VetoJobExecution(trigger, context, cancellationToken);
            if (vetoed) Interlocked.Increment(ref runs.PassedOver);
            return vetoed;
        }
    }

    private sealed class GivenLease : ILeases
    {
        private readonly TaskCompletionSource given = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public bool Holds(string name) => name == "jobs" && given.Task.IsCompleted;

        public Task Wait(string name, CancellationToken ct) => given.Task.WaitAsync(ct);

        public void GiveBack(string name) => throw new NotSupportedException();

        public void Give() => given.SetResult();
    }
}
