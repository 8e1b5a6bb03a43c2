using Connections.Domain;
using Connections.Domain.Activity;
using Connections.Hosting;
using Connections.ReadModels.Activities;
using Connections.ReadModels.Connections;
using Connections.ReadModels.Ledger;
using Connections.ReadModels.Usage;
using Connections.ReadModels.Waits;
using EventSourcing;
using EventSourcing.Sql.Loops;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Bench;

/// <summary>Measures only the storage of an activity: the two appends to the log, and the rows of the projections.</summary>
internal static class RecordFloor
{
    private static readonly EventMetadata Metadata = new("default", "bench", $"{Guid.NewGuid()}", $"{Guid.NewGuid()}");
    private static readonly string SealedText = new('x', 120);
    private static readonly Guid Connection = Guid.NewGuid();

    /// <param name="settings">The settings of the log.</param>
    /// <param name="measure">Measures the storage of one activity.</param>
    public static async Task<T> Measure<T>(string data, (string Key, string Value)[] settings, Func<Func<int, Task>, Task<T>> measure)
    {
        var builder = Host.CreateApplicationBuilder();
        builder.AddDefaults();
        builder.Configuration["data"] = data;
        foreach (var (key, value) in settings) builder.Configuration[key] = value;
        builder.Logging.ClearProviders();
        builder.AddEmbeddedStores();
        builder.Services.AddSingleton<WakeSignal>();
        builder.Services.AddProjection<ConnectionsProjection>();
        builder.Services.AddProjection<ActivitiesProjection>();
        builder.Services.AddProjection<WaitsProjection>();
        builder.Services.AddProjection<UsageProjection>();
        builder.Services.AddProjection<LedgerProjection>();
        using var host = builder.Build();
        await host.StartAsync();
        var log = host.Services.GetRequiredService<IEventLog>();
        var measured = await measure(_ => Store(log));
        await host.StopAsync();
        return measured;
    }

    private static async Task Store(IEventLog log)
    {
        var stream = new ActivityId("default", Guid.NewGuid()).Stream;
        var deadline = TimeProvider.System.GetUtcNow() + TimeSpan.FromDays(1);
        var request = new ActivityRequested(
            Connection, Nothing.Id, null, "do", SealedText, new string('h', 44), deadline, 60, OnReauth.Wait, null, Via.Bus);
        var start = new ActivityStarted(1, "bench", deadline, Connection, Nothing.Id, 1, true);
        var started = await log.Append(stream, Revision.NoStream, [Event(request), Event(start)], default);
        var facts = new ActivityFacts("do", Connection, Nothing.Id, 1, null);
        await log.Append(stream, started.Revision, [Event(new ActivitySucceeded(1, SealedText) { Facts = facts })], default);
    }

    private static NewEvent Event(ActivityEvent e) => ActivityDecider.Names.Write(Guid.CreateVersion7(), e, Metadata);
}
