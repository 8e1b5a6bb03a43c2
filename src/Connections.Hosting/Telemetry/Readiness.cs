using Dapper;
using EventSourcing;
using EventSourcing.Sql;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;

namespace Connections.Hosting;

/// <param name="Missing">What keeps it from serving, in words.</param>
public sealed record HealthAnswer(string Status, IReadOnlyList<string>? Missing)
{
    public static readonly HealthAnswer Live = new("live", null);
}

/// <summary>Looks at the log, at the database of the rows, at the loops of this process, and where asked to at the bus.</summary>
public sealed class Readiness(IEventLog log, ReadModelDatabase rows, IServiceProvider services)
{
    // who probes waits five seconds, and is to be told which store it is
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <param name="bus">For who does nothing without it; a call by HTTP is taken while it is away.</param>
    public async Task<HealthAnswer> Look(bool bus, CancellationToken ct)
    {
        var missing = new List<string>();
        await Within("event log", log.Head, broken => broken.GetType().Name);
        await Within("read models", Rows, broken => Stores.HaveNoTables(broken)
            ? "they are not there yet; a Connections.Worker makes them when it starts"
            : EventNotHandledException.Describe(broken));
        if (bus) missing.AddRange(Unheard());
        var loops = services.GetService<LoopHealth>()?.Loops ?? []; // of the hosts that have some
        missing.AddRange(loops.Where(l => l.State is LoopState.Failing or LoopState.Starting).Select(Describe));
        return missing.Count == 0 ? new HealthAnswer("ready", null) : new HealthAnswer("notReady", missing);

        async Task Within(string store, Func<CancellationToken, Task> look, Func<Exception, string> describe)
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
            limit.CancelAfter(Patience);
            try
            {
                await look(limit.Token);
            }
            catch (Exception broken) when (!ct.IsCancellationRequested)
            {
                missing.Add($"{store}: {(broken is OperationCanceledException ? "it does not answer" : describe(broken))}");
            }
        }
    }

    private async Task Rows(CancellationToken ct)
    {
        await using var connection = await rows.Sql.Open(ct);
        await connection.ExecuteScalarAsync<int?>(new CommandDefinition("SELECT 1 FROM connections LIMIT 1", cancellationToken: ct));
    }

    // the library's own words name addresses and exceptions
    private IEnumerable<string> Unheard()
    {
        var health = services.GetRequiredService<IBusControl>().CheckHealth();
        if (health.Status == BusHealthStatus.Healthy) return [];
        var queues = health.Endpoints.Where(e => e.Value.Status != BusHealthStatus.Healthy).Select(e => e.Key).Order().ToArray();
        return [queues.Length == 0 ? "bus: not connected" : $"bus: does not listen to {string.Join(", ", queues)}"];
    }

    private static string Describe(LoopStatus loop) => loop.State == LoopState.Starting
        ? $"loop {loop.Name} is starting"
        : $"loop {loop.Name} stands behind position {loop.Position}: {loop.Error}";
}
