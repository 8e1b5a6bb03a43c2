using System.Net;
using System.Net.Sockets;
using Connections.Connectors.Relays;
using Connections.Connectors.Ssh;

namespace Connectors.Tests.Ssh;

public sealed class RelayTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    [Fact]
    public async Task A_relay_that_is_cut_keeps_its_port_until_it_is_disposed()
    {
        using var server = new TcpListener(IPAddress.Loopback, 0);
        server.Start();
        await using var relay = await Open(server);
        relay.Cut();
        Assert.Equal(SocketError.AddressAlreadyInUse, Assert.Throws<SocketException>(() => Listen(relay.Port)).SocketErrorCode);
        await relay.DisposeAsync();
        await Eventually.Holds(() => Task.FromResult(CanListen(relay.Port)), "the port is free");
    }

    [Fact]
    public async Task A_relay_that_is_cut_closes_each_connection_at_once()
    {
        using var server = new TcpListener(IPAddress.Loopback, 0);
        server.Start();
        await using var relay = await Open(server);
        using var before = await Dial(relay.Port);
        relay.Cut();
        Assert.True(await IsClosed(before));
        for (var i = 0; i < 3; i++)
        {
            using var later = await Dial(relay.Port);
            Assert.True(await IsClosed(later));
        }
    }

    private static async Task<Relay> Open(TcpListener server)
    {
        var line = await Dial(((IPEndPoint)server.LocalEndpoint).Port);
        return new Relay(new Line(line, new NetworkStream(line)), new SshWire(null));
    }

    private static async Task<Socket> Dial(int port)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPAddress.Loopback, port);
        return socket;
    }

    private static async Task<bool> IsClosed(Socket socket)
    {
        using var limit = new CancellationTokenSource(Limit, TimeProvider.System);
        try
        {
            return await socket.ReceiveAsync(new byte[1], limit.Token) == 0;
        }
        catch (SocketException)
        {
            return true;
        }
    }

    private static bool CanListen(int port)
    {
        try
        {
            Listen(port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static void Listen(int port)
    {
        using var other = new TcpListener(IPAddress.Loopback, port);
        other.Start();
    }
}
