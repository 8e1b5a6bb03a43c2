using System.Net;
using System.Net.Sockets;

namespace Hosts.Tests.RabbitMq;

/// <summary>
/// A proxy to a broker that disconnects once the client has sent its credentials, as if the broker was killed at that moment.
/// </summary>
internal sealed class DroppingProxy : IAsyncDisposable
{
    private const int ProtocolHeader = 8;

    private readonly CancellationTokenSource over = new();
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly Task answering;

    public DroppingProxy(int broker)
    {
        listener.Start();
        Port = ((IPEndPoint)listener.LocalEndpoint).Port;
        answering = Answer(broker);
    }

    public int Port { get; }

    /// <summary>The number of logins.</summary>
    public int SignedIn { get; private set; }

    public async ValueTask DisposeAsync()
    {
        await over.CancelAsync();
        await answering;
        listener.Dispose();
        over.Dispose();
    }

    private async Task Answer(int broker)
    {
        try
        {
            while (true)
            {
                using var client = await listener.AcceptTcpClientAsync(over.Token);
                await HangUp(client.GetStream(), broker);
            }
        }
        catch (OperationCanceledException)
        {
            // The client disconnected.
        }
    }

    private async Task HangUp(NetworkStream client, int broker)
    {
        using var server = new TcpClient();
        await server.ConnectAsync(IPAddress.Loopback, broker, over.Token);
        var bytes = new byte[4096];
        await client.ReadExactlyAsync(bytes.AsMemory(0, ProtocolHeader), over.Token);
        await server.GetStream().WriteAsync(bytes.AsMemory(0, ProtocolHeader), over.Token);
        var start = await server.GetStream().ReadAsync(bytes, over.Token);
        await client.WriteAsync(bytes.AsMemory(0, start), over.Token);
        if (await client.ReadAsync(bytes, over.Token) > 0) SignedIn++;
    }
}
