using Connections.Hosting;
using Connections.Operations;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Activities.Worker;

public static class Registration
{
    // one that waits for its provider costs its input and little more, and a connection holds ten at most: so fifty that hang hold up no other
    private const int AtOnce = 512;

    /// <summary>Runs activities that come over the bus.</summary>
    public static IHostApplicationBuilder AddActivitiesWorker(this IHostApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddOperations(builder.Configuration);
        services.TryAddSingleton(WorkerName.OfThisProcess);
        services.TryAddSingleton<Patience>();
        services.TryAddSingleton<StopLimit>();
        services.TryAddSingleton<AttemptGate>();
        services.TryAddSingleton<AttemptRunner>();
        services.AddBusPart(bus =>
        {
            bus.AddCommandConsumer<RunAttemptConsumer>("run-attempt", AtOnce);
            bus.AddCommandConsumer<RunActivityConsumer>("run-activity", AtOnce);
            bus.AddCommandConsumer<CancelActivityConsumer>("cancel-activity", atOnce: 16);
        });
        return builder;
    }
}
