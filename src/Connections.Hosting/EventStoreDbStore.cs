using EventSourcing;
using EventSourcing.EventStoreDb;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Connections.Hosting;

/// <summary>The event log on an EventStoreDB server, configured by <c>EventLog:Connection</c> or <c>EventLog:Connection:File</c>.</summary>
internal static class EventStoreDbStore
{
    private const string Key = "EventLog:Connection";

    /// <exception cref="HostSettingsException">The connection string is missing or given twice, or its file cannot be read.</exception>
    public static void AddEventStoreDb(this IHostApplicationBuilder builder)
    {
        var connection = ConnectionSetting.Read(
            builder.Configuration, Key, "EventLog:Store=eventstoredb needs a connection string like \"esdb://user:password@host:2113\"");
        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services.AddSingleton(p => EventStoreDbEventLog.Open(
            connection, p.GetRequiredService<TimeProvider>(), p.GetRequiredService<ILogger<EventStoreDbEventLog>>()));
        builder.Services.AddSingleton<IEventLog>(p => p.GetRequiredService<EventStoreDbEventLog>());
        builder.Services.AddHostedService<ReachEventStoreDb>();
    }

    /// <summary>Waits for a server that is unavailable. A server that rejects the connection keeps the host from starting.</summary>
    private sealed class ReachEventStoreDb(EventStoreDbEventLog log) : IHostedLifecycleService
    {
        public Task StartingAsync(CancellationToken cancellationToken) => log.Reach(cancellationToken);

        public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
