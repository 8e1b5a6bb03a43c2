using Connections.ReadModels.Activities;
using Connections.ReadModels.Connections;
using Connections.ReadModels.Grants;
using Connections.ReadModels.Ledger;
using Connections.ReadModels.Waits;
using EventSourcing.Sql;
using EventSourcing.Sql.Loops;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;

namespace Connections.ReadModels;

/// <summary>A read model: its name, where its rows lie, and the loop that writes them.</summary>
/// <param name="IsRebuildable">False: its rows hold what the log does not hold any more, and lie with what the service keeps.</param>
public sealed record ReadModel(
    string Name, bool IsRebuildable, Func<IServiceProvider, IProjection> Projection, Action<IServiceCollection> AddLoop)
{
    public SqlDatabase Database(IServiceProvider services) =>
        IsRebuildable ? services.GetRequiredService<ReadModelDatabase>().Sql : services.GetRequiredService<ServiceDatabase>().Sql;
}

/// <summary>The one list of read models. Loops, tables, rebuilds and tests are made from it.</summary>
public static class ReadModelRegistry
{
    public static readonly IReadOnlyList<ReadModel> All =
    [
        FromLog<ConnectionsProjection>("connections"),
        FromLog<GrantsProjection>("grants"),
        FromLog<ActivitiesProjection>("activities"),
        FromLog<WaitsProjection>("waits"),
        // the totals stay when streams are removed
        new("ledger", IsRebuildable: false, _ => new LedgerProjection(), AddLedger)
    ];

    public static IReadOnlyList<ReadModel> Rebuildable { get; } = [.. All.Where(model => model.IsRebuildable)];

    private static ReadModel FromLog<TProjection>(string name)
        where TProjection : class, IProjection => new(name, IsRebuildable: true, Create<TProjection>, services => services.AddProjection<TProjection>());

    // A command builds a projection where no loop runs: nobody waits for the signal then.
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
