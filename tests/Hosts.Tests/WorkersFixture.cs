using Hosts.Tests.Harness;

namespace Hosts.Tests;

/// <summary>Workers of its own for each test.</summary>
public abstract class WorkersFixture : IAsyncLifetime
{
    private Workers? workers;

    protected Workers Workers => workers!;

    protected ScriptedConnector Provider => Workers.Provider;

    public async ValueTask InitializeAsync() => workers = await Workers.Start(Clock);

    protected virtual TimeProvider Clock => TimeProvider.System;

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        if (workers is not null) await workers.DisposeAsync();
    }
}
