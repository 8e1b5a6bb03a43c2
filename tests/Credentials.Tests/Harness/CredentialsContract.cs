using System.Text;
using Connections.Domain;
using Microsoft.Extensions.Time.Testing;

namespace Credentials.Tests.Harness;

/// <summary>Base of the contracts: a host on an empty store, which can be restarted with another key ring.</summary>
public abstract class CredentialsContract(TestStore store) : IAsyncLifetime
{
    protected const string Workspace = "default";
    protected const string Other = "other";
    private RunningHost? host;

    protected TestStore Store { get; } = store;

    protected FakeTimeProvider Clock { get; } = new(new DateTimeOffset(2026, 11, 22, 12, 0, 0, TimeSpan.Zero));

    protected RunningHost Host => host ?? throw new InvalidOperationException("not started");

    public async ValueTask InitializeAsync() => host = await RunningHost.Start(Store, Clock, TestRing.First);

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        if (host is not null) await host.DisposeAsync();
        await Store.DisposeAsync();
    }

    protected async Task Restart(Dictionary<string, string?> ring)
    {
        if (host is not null) await host.DisposeAsync();
        host = null;
        host = await RunningHost.Start(Store, Clock, ring);
    }

    protected static Secret Password(string value) => new(Encoding.UTF8.GetBytes($$"""{"password":"{{value}}"}"""));

    protected static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);
}
