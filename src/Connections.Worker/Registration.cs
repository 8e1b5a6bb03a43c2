using Connections.Hosting;
using Connections.Operations;
using Connections.ReadModels;
using EventSourcing.Sql;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Quartz;

namespace Connections.Worker;

public static class Registration
{
    /// <summary>Keeps connections healthy: projections, reactors, the waker, schedules, and the commands that come over the bus.</summary>
    public static IHostApplicationBuilder AddConnectionsWorker(this IHostApplicationBuilder builder)
    {
        builder.Services.AddOperations(builder.Configuration);
        builder.Services.AddLoops();
        builder.Services.TryAddSingleton<LostAttempts>();
        builder.Services.TryAddSingleton<RecentChecks>();
        builder.Services.TryAddSingleton<BusDoor>();
        builder.Services.TryAddSingleton<WakeSignal>();
        AddProjections(builder.Services);
        AddReactors(builder.Services);
        builder.Services.AddHostedService<Waker>();
        AddSchedules(builder.Services);
        builder.Services.AddBusPart(bus =>
        {
            bus.AddCommandConsumer<CheckConnectionConsumer>("check-connection", atOnce: 16);
            bus.AddCommandConsumer<CreateConnectionConsumer>("create-connection", atOnce: 16);
            bus.AddCommandConsumer<ReconnectConnectionConsumer>("reconnect-connection", atOnce: 16);
            bus.AddCommandConsumer<TestConnectionConsumer>("test-connection", atOnce: 16);
            bus.AddCommandConsumer<RenameConnectionConsumer>("rename-connection", atOnce: 16);
            bus.AddCommandConsumer<DeleteConnectionConsumer>("delete-connection", atOnce: 16);
            bus.AddCommandConsumer<RequireReauthConsumer>("require-reauth", atOnce: 16);
        });
        return builder;
    }

    /// <summary>Only where every worker is in this process.</summary>
    public static IHostApplicationBuilder AddEmbeddedStart(this IHostApplicationBuilder builder)
    {
        builder.Services.AddHostedService<EmbeddedStart>();
        return builder;
    }

    private static void AddProjections(IServiceCollection services)
    {
        services.AddProjection<ConnectionsProjection>();
        services.AddProjection<ActivitiesProjection>();
        services.AddProjection<WaitsProjection>();
    }

    private static void AddReactors(IServiceCollection services)
    {
        services.AddReactor<SendRequested>();
        services.AddReactor<MendConnections>();
        services.AddReactor<DestroySecrets>();
        services.AddReactor<PublishActivities>();
        services.AddReactor<PublishConnections>();
    }

    private static void AddSchedules(IServiceCollection services)
    {
        services.AddQuartz(quartz =>
        {
            quartz.ScheduleJob<CheckDueConnections>(t => t.WithSimpleSchedule(s => s.WithInterval(TimeSpan.FromSeconds(30)).RepeatForever()));
            quartz.ScheduleJob<FindLostAttempts>(t => t.WithSimpleSchedule(s => s.WithInterval(TimeSpan.FromSeconds(10)).RepeatForever()));
        });
        services.AddQuartzHostedService();
    }
}
