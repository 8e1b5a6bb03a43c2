using System.Net;
using System.Net.Sockets;
using RabbitMQ.Client;

namespace Connections.Hosting.RabbitMq;

/// <summary>
/// A connection to the broker over TLS. RabbitMQ's client has no option that keeps the platform from fetching what a certificate names,
/// so the client gets a connection that is already encrypted.
/// </summary>
internal sealed class EncryptedSocket(AddressFamily family, Broker broker) : ITcpClient
{
    private readonly Socket socket = new(family, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private EncryptedStream? stream;

    public bool Connected => socket.Connected;

    public Socket Client => socket;

    public TimeSpan ReceiveTimeout
    {
        get => TimeSpan.FromMilliseconds(socket.ReceiveTimeout);
        set => socket.ReceiveTimeout = (int)value.TotalMilliseconds;
    }

    public async Task ConnectAsync(IPAddress host, int port, CancellationToken cancellationToken = default)
    {
        await socket.ConnectAsync(host, port, cancellationToken);
        stream = new EncryptedStream(socket, await broker.Trust.Connect(new NetworkStream(socket), broker.Host, cancellationToken));
    }

    public NetworkStream GetStream() => stream ?? throw new InvalidOperationException("Not connected.");

    public void Close() => Dispose();

    public void Dispose()
    {
        stream?.Dispose();
        socket.Dispose();
    }
}
