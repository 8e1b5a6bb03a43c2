using Connections.ReadModels.Activities;
using Connections.ReadModels.Connections;
using Connections.ReadModels.Grants;
using Connections.ReadModels.Ledger;
using Connections.ReadModels.Usage;
using Connections.ReadModels.Waits;
using EventSourcing.Sql;
using EventSourcing.Sql.Loops;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;

namespace Connections.ReadModels;

/// <summary>A read model: its name, its database, and the loop that writes it.</summary>
/// <param name="IsRebuildable">False: the rows hold data that the log no longer has, and are in the service database.</param>
public sealed record ReadModel(
    string Name, bool IsRebuildable, Func<IServiceProvider, IProjection> Projection, Action<IServiceCollection> AddLoop)
{
    public SqlDatabase Database(IServiceProvider services) =>
        IsRebuildable ? services.GetRequiredService<ReadModelDatabase>().Sql : services.GetRequiredService<ServiceDatabase>().Sql;
}

/// <summary>The single list of read models. Loops, tables, rebuilds and tests are derived from it.</summary>
public static class ReadModelRegistry
{
    public static readonly IReadOnlyList<ReadModel> All =
    [
        FromLog<ConnectionsProjection>("connections"),
        FromLog<GrantsProjection>("grants"),
        FromLog<ActivitiesProjection>("activities"),
        FromLog<WaitsProjection>("waits"),
        FromLog<UsageProjection>("usage"),
        // The totals outlive removed streams.
        new("ledger", IsRebuildable: false, _ => new LedgerProjection(), AddLedger)
    ];

    public static IReadOnlyList<ReadModel> Rebuildable { get; } = [.. All.Where(model => model.IsRebuildable)];

    private static ReadModel FromLog<TProjection>(string name)
        where TProjection : class, IProjection => new(name, IsRebuildable: true, Create<TProjection>, services => services.AddProjection<TProjection>());

    // An operator command builds a projection without a running loop, so that no waker waits for the signal.
    private static IProjection Create<TProjection>(IServiceProvider services)
        where TProjection : class, IProjection => typeof(TProjection) == typeof(WaitsProjection) && services.GetService<WakeSignal>() is null
        ? new WaitsProjection(new WakeSignal())
        : ActivatorUtilities.GetServiceOrCreateInstance<TProjection>(services);

    private static void AddLedger(IServiceCollection services)
    {
        services.TryAddSingleton<LedgerProjection>();
        services.AddSingleton<IHostedService>(p => new ProjectionLoop(
            p.GetRequiredService<LedgerProjection>(), p.GetRequiredService<ServiceDatabase>().Sql, p.GetRequiredService<LoopContext>()));
    }
}
