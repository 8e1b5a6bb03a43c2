using Connections.Connectors.Files;
using Connections.Files.Storage;
using Dapper;
using EventSourcing;
using EventSourcing.Sql;
using EventSourcing.Sql.Loops;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;

namespace Connections.Hosting.Health;

/// <summary>
/// The health checks of a host. Anybody may read their reports, so these name parts of the service and their states, and neither addresses
/// nor files, streams, ids or messages of faults. The log has those.
/// </summary>
internal static class HealthChecks
{
    /// <summary>The tag of the checks that every host has to pass.</summary>
    public const string Ready = "ready";

    /// <summary>The tag of the checks for hosts that do nothing without the bus.</summary>
    public const string Bus = "ready-bus";

    public static IServiceCollection AddServiceHealth(this IServiceCollection services)
    {
        services.AddHealthChecks()
            .AddCheck<EventLogCheck>("event log", tags: [Ready])
            .AddCheck<ReadModelCheck>("read models", tags: [Ready])
            .AddCheck<FilesCheck>("file store", tags: [Ready])
            .AddCheck<BusCheck>("bus", tags: [Bus])
            .AddCheck<LoopCheck>("loops", tags: [Ready]);
        return services;
    }

    private sealed class EventLogCheck(IEventLog log) : StoreCheck
    {
        protected override string Store => "event log";

        protected override Task Read(CancellationToken ct) => log.Head(ct);
    }

    private sealed class ReadModelCheck(ReadModelDatabase rows) : StoreCheck
    {
        protected override string Store => "read models";

        protected override async Task Read(CancellationToken ct)
        {
            await using var connection = await rows.Sql.Open(ct);
            await connection.ExecuteScalarAsync<int?>(new CommandDefinition("SELECT 1 FROM connections LIMIT 1", cancellationToken: ct));
        }

        protected override string Describe(Exception fault) => StoreFaults.HaveNoTables(fault)
            ? "their tables do not exist yet; a Connections.Worker creates them when it starts"
            : base.Describe(fault);
    }

    private sealed class FilesCheck(IServiceProvider services) : StoreCheck
    {
        private string? problem;

        protected override string Store => "file store";

        protected override async Task Read(CancellationToken ct)
        {
            problem = services.GetService<StoreIdentity>() is { } identity ? await identity.Problem(ct) : null;
            if (problem is not null) throw new FileStoreUnavailableException(problem);
        }

        protected override string Describe(Exception fault) => problem ?? base.Describe(fault);
    }

    // The library's own descriptions contain addresses and exceptions.
    private sealed class BusCheck(IServiceProvider services) : ServiceCheck
    {
        protected override Task<IReadOnlyList<string>> Missing(CancellationToken ct)
        {
            var health = services.GetRequiredService<IBusControl>().CheckHealth();
            if (health.Status == BusHealthStatus.Healthy) return Task.FromResult<IReadOnlyList<string>>([]);
            var queues = health.Endpoints.Where(e => e.Value.Status != BusHealthStatus.Healthy).Select(e => e.Key).Order().ToArray();
            return Task.FromResult<IReadOnlyList<string>>([queues.Length == 0 ? "bus: not connected" : $"bus: {queues.Length} queues are not consumed"]);
        }
    }

    // Not every host has loops.
    private sealed class LoopCheck(IServiceProvider services) : ServiceCheck
    {
        protected override Task<IReadOnlyList<string>> Missing(CancellationToken ct) => Task.FromResult<IReadOnlyList<string>>(
        [
            .. (services.GetService<LoopHealth>()?.Loops ?? [])
                .Where(l => l.State is LoopState.Failing or LoopState.Starting)
                .Select(l => l.State == LoopState.Starting ? $"loop {l.Name} is starting" : $"loop {l.Name} is stopped; the log of the service says why")
        ]);
    }
}
