using Hosts.Tests.Harness;
using TestServers;

namespace Hosts.Tests;

/// <summary>Starts separate workers for each test.</summary>
/// <param name="broker">The broker of their bus; null for memory.</param>
public abstract class WorkersFixture(BrokerFixture? broker) : IAsyncLifetime
{
    private Workers? workers;

    protected Workers Workers => workers!;

    protected ScriptedConnector Provider => Workers.Provider;

    protected RabbitMqServer Broker => broker!.Server;

    protected virtual TimeProvider Clock => TimeProvider.System;

    /// <summary>The log server; null for a file.</summary>
    protected virtual EventStoreDoubleServer? Log => null;

    public virtual async ValueTask InitializeAsync() => workers = await Workers.Start(Clock, broker?.Server, Log);

    public virtual async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        if (workers is not null) await workers.DisposeAsync();
    }
}
