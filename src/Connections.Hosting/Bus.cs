using Connections.Hosting.RabbitMq;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;

namespace Connections.Hosting;

/// <summary>What one host adds to the bus of its process: its consumers.</summary>
public sealed record BusPart(Action<IBusRegistrationConfigurator> Consumers);

public static class Bus
{
    /// <summary>Of the 30 s in which a host stops: so long what is being handled may still end by itself.</summary>
    public static readonly TimeSpan StopTime = TimeSpan.FromSeconds(20);

    public static IServiceCollection AddBusPart(this IServiceCollection services, Action<IBusRegistrationConfigurator> consumers) =>
        services.AddSingleton(new BusPart(consumers));

    /// <summary>
    /// A consumer on the queue of its command's name. While log, vault, SQL or broker cannot be reached it keeps its message and tries again;
    /// what else is in the way leads, after some minutes, to the error queue.
    /// </summary>
    public static void AddCommandConsumer<TConsumer, TCommand>(this IBusRegistrationConfigurator bus)
        where TConsumer : class, IConsumer
    {
        var queue = CommandQueues.For(typeof(TCommand));
        bus.AddCommandConsumer<TConsumer>(queue.Name, queue.Concurrency);
    }

    /// <summary>A consumer on a queue of any name, as for a command.</summary>
    /// <param name="atOnce">Messages handled at a time.</param>
    public static void AddCommandConsumer<TConsumer>(this IBusRegistrationConfigurator bus, string command, int atOnce)
        where TConsumer : class, IConsumer =>
        bus.AddConsumer<TConsumer>((context, consumer) => consumer.UseMessageRetry(
                retry => retry.SetRetryPolicy(_ => new HandlerRetry(context.GetRequiredService<TimeProvider>()))))
            .Endpoint(endpoint =>
            {
                endpoint.Name = command;
                endpoint.ConcurrentMessageLimit = atOnce;
                endpoint.PrefetchCount = atOnce; // while those wait for a store, no more are taken
                endpoint.ConfigureConsumeTopology = false; // the exchange of the command's name is the queue's own
            });

    /// <summary>The bus with all parts added so far. The last line of a host, since its parts come first.</summary>
    public static IHostApplicationBuilder AddBus(this IHostApplicationBuilder builder)
    {
        var parts = builder.Services.Select(s => s.ImplementationInstance).OfType<BusPart>().ToArray();
        builder.Services.AddMassTransit(bus =>
        {
            bus.DisableUsageTelemetry();
            foreach (var part in parts) part.Consumers(bus);
            bus.AddConfigureEndpointsCallback((_, endpoint) => endpoint.PublishFaults = false); // they quote the message and what was thrown
            if (ServiceSettings.OnRabbitMq(builder.Configuration)) RabbitMqBus.Use(bus, builder.Configuration);
            else InMemory(bus);
        });
        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services.RemoveMassTransitHostedService();
        builder.Services.AddHostedService<BusService>();
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
