using Connections.Hosting.RabbitMq;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;

namespace Connections.Hosting;

/// <summary>The consumers that one part of a host adds to the bus.</summary>
public sealed record BusPart(Action<IBusRegistrationConfigurator> Consumers);

public static class Bus
{
    /// <summary>The time that running work may take to finish, of the 30 s in which a host stops.</summary>
    public static readonly TimeSpan StopTime = TimeSpan.FromSeconds(20);

    public static IServiceCollection AddBusPart(this IServiceCollection services, Action<IBusRegistrationConfigurator> consumers) =>
        services.AddSingleton(new BusPart(consumers));

    /// <summary>
    /// Adds a consumer on the queue named after its command. While the log, the vault, SQL or the broker is unavailable, the consumer
    /// retries its message without limit. After any other fault the message goes to the error queue within some minutes.
    /// </summary>
    public static void AddCommandConsumer<TConsumer, TCommand>(this IBusRegistrationConfigurator bus)
        where TConsumer : class, IConsumer
    {
        var queue = CommandQueues.For(typeof(TCommand));
        bus.AddCommandConsumer<TConsumer>(queue.Name, queue.Concurrency);
    }

    /// <summary>Adds a consumer on a queue of any name, with the settings of a command queue.</summary>
    /// <param name="concurrency">How many messages are handled at a time.</param>
    public static void AddCommandConsumer<TConsumer>(this IBusRegistrationConfigurator bus, string command, int concurrency)
        where TConsumer : class, IConsumer =>
        bus.AddConsumer<TConsumer>((context, consumer) => consumer.UseMessageRetry(
                retry => retry.SetRetryPolicy(_ => new HandlerRetry(context.GetRequiredService<TimeProvider>()))))
            .Endpoint(endpoint =>
            {
                endpoint.Name = command;
                endpoint.ConcurrentMessageLimit = concurrency;
                endpoint.PrefetchCount = concurrency; // while these wait for a store, no more are fetched
                endpoint.ConfigureConsumeTopology = false; // the queue's own exchange already has the command's name
            });

    /// <summary>Adds the bus with all parts added so far. Call it last.</summary>
    public static IHostApplicationBuilder AddBus(this IHostApplicationBuilder builder)
    {
        var parts = builder.Services.Select(s => s.ImplementationInstance).OfType<BusPart>().ToArray();
        builder.Services.AddMassTransit(bus =>
        {
            bus.DisableUsageTelemetry();
            foreach (var part in parts) part.Consumers(bus);
            bus.AddConfigureEndpointsCallback((_, endpoint) => endpoint.PublishFaults = false); // faults quote the message and the exception
            if (ServiceSettings.OnRabbitMq(builder.Configuration)) RabbitMqBus.Use(bus, builder.Configuration);
            else InMemory(bus);
        });
        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services.RemoveMassTransitHostedService();
        builder.Services.AddHostedService<BusService>();
        builder.Services.AddHostedService<AnnouncedStop>();
        return builder;
    }

    private static void InMemory(IBusRegistrationConfigurator bus) => bus.UsingInMemory((context, memory) =>
    {
        memory.MessageTopology.SetEntityNameFormatter(new KebabCaseNames());
        memory.ConfigureEndpoints(context);
    });
}

internal sealed class KebabCaseNames : IEntityNameFormatter
{
    public string FormatEntityName<T>() => KebabCaseEndpointNameFormatter.Instance.SanitizeName(typeof(T).Name);
}
