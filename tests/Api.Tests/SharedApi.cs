using Connections.Hosting.Keys;

namespace Api.Tests;

/// <summary>One running HTTP interface for the tests of a class, and a client with the key of an admin.</summary>
public sealed class SharedApi : IAsyncLifetime
{
    private TestApi api = null!;

    public HttpClient Admin { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        api = await TestApi.Start();
        await api.Migrate();
        Admin = await api.ClientWith(Role.Admin);
    }

    public async ValueTask DisposeAsync()
    {
        Admin.Dispose();
        await api.DisposeAsync();
    }
}
