using System.Reflection;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Connections.Hosting.Limits;

/// <summary>
/// Limits the connections before the host listens. The program's assemblies are loaded first, because each one needs a descriptor: later
/// there might be none, and the descriptors that are left can be counted now.
/// </summary>
public sealed class LimitConnections(IOptions<KestrelServerOptions> kestrel, ILogger<LimitConnections> log) : IHostedLifecycleService
{
    /// <exception cref="HostSettingsException">There are too few descriptors.</exception>
    public Task StartingAsync(CancellationToken cancellationToken)
    {
        var limit = ConnectionLimit.Descriptors; // read first: afterwards there may be no descriptor left to read it
        if (Assembly.GetEntryAssembly() is { } program) Load(program);
        if (limit is not { } descriptors) return Task.CompletedTask;
        var connections = ConnectionLimit.From(descriptors, Open() ?? descriptors);
        kestrel.Value.Limits.MaxConcurrentConnections = connections;
        if (descriptors < ConnectionLimit.Low)
        {
            log.LogWarning(
                "This process may have only {Descriptors} open files and sockets, so it accepts at most {Connections} HTTP connections at a time. "
                + "{Advice}",
                descriptors, connections, ConnectionLimit.Advice);
        }

        return Task.CompletedTask;
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    // Null: the last descriptor was taken before they could be counted.
    private static long? Open()
    {
        try
        {
            return ConnectionLimit.Open;
        }
        catch (IOException)
        {
            return null;
        }
    }

    private static void Load(Assembly program)
    {
        var known = new HashSet<string?> { program.GetName().Name };
        for (var open = new Queue<Assembly>([program]); open.TryDequeue(out var assembly);)
        {
            foreach (var name in assembly.GetReferencedAssemblies().Where(name => known.Add(name.Name)))
                if (TryLoad(name) is { } loaded) open.Enqueue(loaded);
        }
    }

    // An assembly may name others that a program does not need and that are not there.
    private static Assembly? TryLoad(AssemblyName name)
    {
        try
        {
            return Assembly.Load(name);
        }
        catch (Exception e) when (e is IOException or BadImageFormatException)
        {
            return null;
        }
    }
}
