using System.Collections.Concurrent;
using EventSourcing;
using Microsoft.Extensions.DependencyInjection;
using TestServers;

namespace Hosts.Tests.Harness;

/// <summary>The log, with a record of every stream read and every stream appended to.</summary>
public sealed class WatchedLog(IEventLog inner) : ForwardingLog(inner), IDisposable
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

    public override Task<StreamSlice> Read(string stream, CancellationToken ct)
    {
        Reads.Enqueue(stream);
        return base.Read(stream, ct);
    }

    public override Task<Appended> Append(string stream, long expected, IReadOnlyList<NewEvent> events, CancellationToken ct)
    {
        Appends.Enqueue(stream);
        return base.Append(stream, expected, events, ct);
    }

    public void Dispose() => (Inner as IDisposable)?.Dispose();
}
