using System.Collections.Concurrent;
using EventSourcing;
using Microsoft.Extensions.DependencyInjection;

namespace Hosts.Tests.Harness;

/// <summary>The log, with a record of every stream read and every stream appended to.</summary>
public sealed class WatchedLog(IEventLog inner) : IEventLog, IDisposable
{
    public ConcurrentQueue<string> Reads { get; } = new();

    public ConcurrentQueue<string> Appends { get; } = new();

    /// <summary>Replaces the registered log.</summary>
    public static void Watch(IServiceCollection services)
    {
        var log = services.Single(s => s.ServiceType == typeof(IEventLog));
        services.Remove(log);
        services.AddSingleton(p => new WatchedLog((IEventLog)log.ImplementationFactory!(p)));
        services.AddSingleton<IEventLog>(p => p.GetRequiredService<WatchedLog>());
    }

    public Task<StreamSlice> Read(string stream, CancellationToken ct)
    {
        Reads.Enqueue(stream);
        return inner.Read(stream, ct);
    }

    public Task<Appended> Append(string stream, long expected, IReadOnlyList<NewEvent> events, CancellationToken ct)
    {
        Appends.Enqueue(stream);
        return inner.Append(stream, expected, events, ct);
    }

    public IAsyncEnumerable<LogBatch> Subscribe(IReadOnlyList<string> prefixes, long after, CancellationToken ct) =>
        inner.Subscribe(prefixes, after, ct);

    public Task<long> Head(CancellationToken ct) => inner.Head(ct);

    public Task Remove(string stream, CancellationToken ct) => inner.Remove(stream, ct);

    public Task KeepLast(string stream, int count, CancellationToken ct) => inner.KeepLast(stream, count, ct);

    public void Dispose() => (inner as IDisposable)?.Dispose();
}
