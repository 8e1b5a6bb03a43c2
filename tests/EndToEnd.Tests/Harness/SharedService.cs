using TestServers;

[assembly: AssemblyFixture(typeof(EndToEnd.Tests.Harness.SharedService))]

namespace EndToEnd.Tests.Harness;

/// <summary>One service and one database for all tests that stop neither.</summary>
public sealed class SharedService : IAsyncLifetime
{
    private readonly DataFolder folder = new();
    private PostgresServer? server;
    private StandaloneProcess? service;

    /// <summary>Skips the test without PostgreSQL.</summary>
    public PostgresServer Server
    {
        get
        {
            Assert.SkipUnless(PostgresServer.Available, "PostgreSQL's binaries are not installed");
            return server!;
        }
    }

    public Api Api => service!.Api;

    public string Folder => folder.Path;

    public Task<Role> NewRole() => Role.Create(Server);

    public async ValueTask InitializeAsync()
    {
        if (PostgresServer.Available) server = await Role.Server();
        service = await StandaloneProcess.Start(folder.Path);
    }

    public async ValueTask DisposeAsync()
    {
        if (service is not null)
        {
            if (service.Process.Ended) throw new InvalidOperationException($"Standalone ended by itself: {service.Process.Output}");
            await service.DisposeAsync();
        }

        if (server is not null) await server.DisposeAsync();
        folder.Dispose();
    }
}
