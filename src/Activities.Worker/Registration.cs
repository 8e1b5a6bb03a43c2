using Connections.Contracts;
using Connections.Hosting;
using Connections.Operations;
using Connections.Operations.Messages;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Activities.Worker;

public static class Registration
{
    /// <summary>Adds the consumers that run and cancel activities.</summary>
    public static IHostApplicationBuilder AddActivitiesWorker(this IHostApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddOperations(builder.Configuration);
        services.TryAddSingleton(WorkerName.Current);
        services.TryAddSingleton<RetryUntilStored>();
        services.TryAddSingleton<StopLimit>();
        services.TryAddSingleton<AttemptGate>();
        services.TryAddSingleton<AttemptRunner>();
        services.AddBusPart(bus =>
        {
            bus.AddCommandConsumer<RunAttemptConsumer, RunAttempt>();
            bus.AddCommandConsumer<RunActivityConsumer, RunActivity>();
            bus.AddCommandConsumer<CancelActivityConsumer, CancelActivity>();
        });
        return builder;
    }
}
