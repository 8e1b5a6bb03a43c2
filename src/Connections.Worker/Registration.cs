using Connections.Contracts;
using Connections.Hosting;
using Connections.Operations;
using Connections.Operations.Messages;
using Connections.ReadModels;
using Connections.ReadModels.Activities;
using Connections.ReadModels.Ledger;
using Connections.ReadModels.Retention;
using Connections.ReadModels.Usage;
using Connections.ReadModels.Waits;
using Connections.Worker.Consumers;
using Connections.Worker.Jobs;
using Connections.Worker.Reactors;
using Connections.Worker.Waking;
using EventSourcing.Sql.Loops;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Quartz;

namespace Connections.Worker;

public static class Registration
{
    /// <summary>Adds projections, reactors, the waker, scheduled jobs, and the consumers of connection commands.</summary>
    public static IHostApplicationBuilder AddConnectionsWorker(this IHostApplicationBuilder builder)
    {
        builder.Services.AddOperations(builder.Configuration);
        builder.Services.AddLoops();
        builder.Services.TryAddSingleton<LostAttempts>();
        builder.Services.TryAddSingleton<RecentChecks>();
        builder.Services.TryAddSingleton<RequestedChecks>();
        builder.Services.TryAddSingleton<SecretsDestruction>();
        builder.Services.TryAddSingleton<CommandResponder>();
        builder.Services.TryAddSingleton<SecretCommandResponder>();
        builder.Services.TryAddSingleton<WakeSignal>();
        foreach (var model in ReadModelRegistry.All) model.AddLoop(builder.Services);
        AddReactors(builder.Services);
        builder.Services.AddHostedService<Waker>();
        AddRetention(builder.Services);
        AddSchedules(builder.Services);
        builder.Services.AddBusPart(bus =>
        {
            bus.AddCommandConsumer<CheckConnectionConsumer, CheckConnection>();
            bus.AddCommandConsumer<RenewGrantConsumer, RenewGrant>();
            bus.AddCommandConsumer<CreateConnectionConsumer, CreateConnection>();
            bus.AddCommandConsumer<ReconnectConnectionConsumer, ReconnectConnection>();
            bus.AddCommandConsumer<TestConnectionConsumer, TestConnection>();
            bus.AddCommandConsumer<RenameConnectionConsumer, RenameConnection>();
            bus.AddCommandConsumer<DeleteConnectionConsumer, DeleteConnection>();
            bus.AddCommandConsumer<RequireReauthConsumer, RequireReauth>();
        });
        return builder;
    }

    /// <summary>Adds the recovery at start. Use it only when all workers are in this process.</summary>
    public static IHostApplicationBuilder AddEmbeddedStart(this IHostApplicationBuilder builder)
    {
        builder.Services.AddHostedService<EmbeddedStart>();
        return builder;
    }

    private static void AddReactors(IServiceCollection services)
    {
        services.AddReactor<SendRequested>();
        services.AddReactor<ReportActivityFailures>();
        services.AddReactor<MarkDeadGrants>();
        services.AddReactor<DestroySecrets>();
        services.AddReactor<PublishActivities>();
        services.AddReactor<PublishConnections>();
    }

    private static void AddRetention(IServiceCollection services)
    {
        services.AddOptions<RetentionOptions>().BindConfiguration(RetentionOptions.Section);
        services.TryAddSingleton<SlowestReader>();
        services.TryAddSingleton<EndedActivities>();
        services.TryAddSingleton<OldUsage>();
        services.TryAddSingleton<LedgerQueries>();
        services.TryAddSingleton<ClockGuard>();
    }

    // Quartz decides when a job runs. The service's own clock decides what is due.
    private static void AddSchedules(IServiceCollection services)
    {
        services.TryAddSingleton<JobsLease>();
        services.AddHostedService(p => p.GetRequiredService<JobsLease>());
        services.AddQuartz(quartz =>
        {
            quartz.AddTriggerListener(p => p.GetRequiredService<JobsLease>());
            quartz.ScheduleJob<FindLostAttempts>(Every(TimeSpan.FromSeconds(10)));
            quartz.ScheduleJob<CheckDueConnections>(Every(TimeSpan.FromSeconds(30)));
            quartz.ScheduleJob<DestroySecretsLeft>(Every(TimeSpan.FromMinutes(1)));
            quartz.ScheduleJob<RemoveOrphanedEntries>(Every(TimeSpan.FromHours(1)));
            quartz.ScheduleJob<RemoveAbandonedSecrets>(Every(TimeSpan.FromHours(1)));
            quartz.ScheduleJob<RemoveExpiredFiles>(Every(TimeSpan.FromHours(1)));
            quartz.ScheduleJob<WarnOfEndingGrants>(Every(TimeSpan.FromHours(1)));
            quartz.ScheduleJob<KeepGrantsWarm>(Every(TimeSpan.FromDays(1)));
            quartz.ScheduleJob<ShortenTokenStreams>(Every(TimeSpan.FromDays(1)));
            quartz.ScheduleJob<RemoveEndedActivities>(Every(TimeSpan.FromDays(1)));
        });
        services.AddQuartzHostedService();
    }

    private static Action<ITriggerConfigurator> Every(TimeSpan interval) =>
        trigger => trigger.WithSimpleSchedule(schedule => schedule.WithInterval(interval).RepeatForever());
}
