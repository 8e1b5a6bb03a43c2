using EndToEnd.Tests.Harness;

namespace EndToEnd.Tests.Commands;

/// <summary>A Standalone that runs, for commands on its data folder.</summary>
public sealed class RunningService : IAsyncLifetime
{
    private readonly DataFolder folder = new();
    private StandaloneProcess? service;

    public Api Api => service!.Api;

    public string Folder => folder.Path;

    public async ValueTask InitializeAsync() => service = await StandaloneProcess.Start(folder.Path);

    public async ValueTask DisposeAsync()
    {
        if (service is not null) await service.DisposeAsync();
        folder.Dispose();
    }
}
