using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace EventSourcing.Sql.Loops;

public static class LoopRegistration
{
    private const DynamicallyAccessedMemberTypes Constructors = DynamicallyAccessedMemberTypes.PublicConstructors;

    /// <summary>Needs <see cref="IEventLog"/>, <see cref="ReadModelDatabase"/> and <see cref="ServiceDatabase"/>.</summary>
    public static IServiceCollection AddProjection<[DynamicallyAccessedMembers(Constructors)] TProjection>(this IServiceCollection services)
        where TProjection : class, IProjection
    {
        services.AddLoops().TryAddSingleton<TProjection>();
        return services.AddSingleton<IHostedService>(p => new ProjectionLoop(
            p.GetRequiredService<TProjection>(), p.GetRequiredService<ReadModelDatabase>().Sql, p.GetRequiredService<LoopContext>()));
    }

    /// <summary>Needs <see cref="IEventLog"/> and <see cref="ServiceDatabase"/>.</summary>
    public static IServiceCollection AddReactor<[DynamicallyAccessedMembers(Constructors)] TReactor>(this IServiceCollection services)
        where TReactor : class, IReactor
    {
        services.AddLoops().TryAddSingleton<TReactor>();
        return services.AddSingleton<IHostedService>(p => new ReactorLoop(
            p.GetRequiredService<TReactor>(), p.GetRequiredService<ServiceDatabase>().Sql, p.GetRequiredService<LoopContext>()));
    }

    /// <summary>
    /// Registers what loops share: health and leases. A SQLite file belongs to one process, so that its leases need no table.
    /// </summary>
    public static IServiceCollection AddLoops(this IServiceCollection services)
    {
        if (services.Any(s => s.ServiceType == typeof(LoopContext))) return services;
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<LoopHealth>();
        services.TryAddSingleton<LoopContext>();
        services.TryAddSingleton<ILeases>(p => p.GetRequiredService<ServiceDatabase>().Sql switch
        {
            { Provider: SqlProvider.Sqlite } => new SoleInstance(),
            var sql => new Leases(
                sql,
                owner: $"{Environment.MachineName}-{Guid.NewGuid():N}",
                DatabaseClock.For(sql.Provider),
                p.GetRequiredService<TimeProvider>(),
                p.GetRequiredService<ILogger<Leases>>())
        });
        // Hosted services stop in reverse order: registered first, the leases are released after the loops have stopped.
        return services.AddSingleton<IHostedService>(p => p.GetRequiredService<ILeases>() as IHostedService ?? new NoLeaseService());
    }

    private sealed class NoLeaseService : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
