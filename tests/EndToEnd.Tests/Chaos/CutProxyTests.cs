using System.Net;
using System.Net.Sockets;
using TestServers;

namespace EndToEnd.Tests.Chaos;

public sealed class CutProxyTests : IAsyncLifetime
{
    private readonly TcpListener server = new(IPAddress.Loopback, 0);
    private CutProxy proxy = null!;

    public ValueTask InitializeAsync()
    {
        server.Start();
        proxy = CutProxy.To(((IPEndPoint)server.LocalEndpoint).Port);
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        await proxy.DisposeAsync();
        server.Dispose();
    }

    [Fact]
    public async Task The_proxy_forwards_in_both_directions()
    {
        using var host = await Call();
        using var called = await server.AcceptTcpClientAsync(Now);
        await Send(host, "ping");
        Assert.Equal("ping", await Hear(called));
        await Send(called, "pong");
        Assert.Equal("pong", await Hear(host));
    }

    [Fact]
    public async Task The_cut_proxy_holds_data_and_closes_nothing_and_the_healed_proxy_forwards_it()
    {
        using var host = await Call();
        using var called = await server.AcceptTcpClientAsync(Now);
        await Send(host, "ping");
        Assert.Equal("ping", await Hear(called));

        proxy.Cut();
        await Send(host, "one");
        await Send(called, "two");
        using var other = await Call(); // accepted, without a response
        await Send(other, "three");
        var (there, back) = (Hear(called), Hear(host));
        await Carried(CutProxy.To(((IPEndPoint)server.LocalEndpoint).Port)); // another proxy works meanwhile
        Assert.False(there.IsCompleted || back.IsCompleted || server.Pending());

        proxy.Heal();
        Assert.Equal(("one", "two"), (await there, await back));
        using var late = await server.AcceptTcpClientAsync(Now);
        Assert.Equal("three", await Hear(late));
    }

    [Fact]
    public async Task A_closed_connection_is_not_forwarded_before_the_proxy_is_healed()
    {
        using var host = await Call();
        var called = await server.AcceptTcpClientAsync(Now);
        await Send(host, "ping");
        Assert.Equal("ping", await Hear(called));

        proxy.Cut();
        called.Dispose();
        var end = Hear(host);
        Assert.NotSame(end, await Task.WhenAny(end, Carried(CutProxy.To(((IPEndPoint)server.LocalEndpoint).Port))));
        proxy.Heal();
        Assert.Equal("", await end);
    }

    [Fact]
    public async Task Without_a_server_the_caller_is_disconnected()
    {
        server.Stop();
        using var host = await Call();
        Assert.Equal("", await Hear(host));
    }

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    private async Task Carried(CutProxy beside)
    {
        await using var _ = beside;
        using var host = await Call(beside.Port);
        using var called = await server.AcceptTcpClientAsync(Now);
        await Send(host, "beside");
        Assert.Equal("beside", await Hear(called));
    }

    private async Task<TcpClient> Call(int? port = null)
    {
        var host = new TcpClient();
        await host.ConnectAsync(IPAddress.Loopback, port ?? proxy.Port, Now);
        return host;
    }

    private static async Task Send(TcpClient client, string word) => await client.GetStream().WriteAsync(System.Text.Encoding.UTF8.GetBytes(word), Now);

    // Messages are short and arrive whole. An empty one means the end.
    private static async Task<string> Hear(TcpClient client)
    {
        var bytes = new byte[100];
        try
        {
            return System.Text.Encoding.UTF8.GetString(bytes, 0, await client.GetStream().ReadAsync(bytes, Now).AsTask().WaitAsync(Until.Limit, Now));
        }
        catch (IOException)
        {
            return "";
        }
    }
}
