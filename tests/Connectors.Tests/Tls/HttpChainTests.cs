using Connections.Connectors;
using Connectors.Tests.Http;
using TestServers;

namespace Connectors.Tests.Tls;

public sealed class HttpChainTests : ChainContract
{
    private OpenSslServer? server;

    protected override string Host => "api.test";

    public override ValueTask InitializeAsync()
    {
        Assert.SkipUnless(OpenSslServer.Available, OpenSslServer.NotInstalled);
        return base.InitializeAsync();
    }

    public override async ValueTask DisposeAsync()
    {
        if (server is not null) await server.DisposeAsync();
        await base.DisposeAsync();
    }

    protected override async Task Present((string Certificate, string Key) server, params string[] chain) =>
        this.server = await OpenSslServer.Start(server, chain);

    protected override async Task<ProbeResult> Probe(string tls, string? ca)
    {
        await using var api = new Api($"https://{Host}:{server!.Port}");
        if (ca is not null) api.Settings["caCertificate"] = ca;
        return await api.Probe();
    }
}
