using System.Buffers;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;

namespace Connections.Connectors.Databases;

/// <summary>The two sides of a relayed connection: of the driver, and of the server.</summary>
internal sealed record RelayStreams(Stream Near, Stream Far);

/// <summary>
/// Forwards connections from the loopback to a checked address, for drivers that can only dial themselves. The first connection uses the
/// socket that is already open. Later ones (a driver that cancels a statement) use a new socket to the same address. Limits the bytes that
/// come back.
/// </summary>
internal sealed class Relay : IAsyncDisposable
{
    private const int PartSize = 16 * 1024;

    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource ended = new();
    private readonly Lock sync = new();
    private readonly HashSet<Socket> sockets = [];
    private readonly ReadOnlyMemory<byte> received;
    private readonly Func<RelayStreams, ReadOnlyMemory<byte>, CancellationToken, Task<RelayStreams>>? encrypt;
    private readonly IPEndPoint remote;
    private Socket? opened;
    private long allowance = long.MaxValue;

    /// <param name="received">Bytes that were already read from the open connection.</param>
    /// <param name="encrypt">Encrypts both sides of a connection, given the bytes that were already read from it.</param>
    public Relay(
        Socket opened,
        ReadOnlyMemory<byte> received,
        Func<RelayStreams, ReadOnlyMemory<byte>, CancellationToken, Task<RelayStreams>>? encrypt = null)
    {
        (this.opened, this.received, this.encrypt) = (opened, received, encrypt);
        remote = (IPEndPoint)opened.RemoteEndPoint!;
        Track(opened);
        listener.Start();
        Port = ((IPEndPoint)listener.LocalEndpoint).Port;
        _ = Accept();
    }

    public int Port { get; }

    /// <summary>True if the relay was cut because more bytes came back than allowed.</summary>
    public bool Exceeded { get; private set; }

    /// <summary>Sets how many bytes may come back from now on.</summary>
    public void Allow(long bytes) => Interlocked.Exchange(ref allowance, bytes);

    /// <summary>Closes all connections immediately.</summary>
    public void Cut()
    {
        lock (sync)
        {
            if (ended.IsCancellationRequested) return;
            ended.Cancel();
            listener.Stop();
            foreach (var socket in sockets) socket.Dispose();
            sockets.Clear();
        }
    }

    public ValueTask DisposeAsync()
    {
        Cut();
        listener.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task Accept()
    {
        try
        {
            while (true) _ = Join(await listener.AcceptSocketAsync(ended.Token));
        }
        catch (Exception e) when (IsClosed(e))
        {
            // The relay was closed.
        }
    }

    private async Task Join(Socket near)
    {
        Socket? far = null;
        RelayStreams? streams = null;
        try
        {
            Track(near);
            near.NoDelay = true;
            far = Interlocked.Exchange(ref opened, null);
            var first = far is null ? default : received;
            far ??= await Dial();
            streams = await Start(new RelayStreams(new NetworkStream(near), new NetworkStream(far)), first);
            await Task.WhenAll(
                Pump(streams.Near, streams.Far, near, far, counted: false), Pump(streams.Far, streams.Near, far, near, counted: true));
        }
        catch (Exception e) when (IsClosed(e))
        {
            // One side is closed; the other is closed below.
        }
        finally
        {
            Drop(near);
            if (far is not null) Drop(far);
            streams?.Near.Dispose();
            streams?.Far.Dispose();
        }
    }

    private async Task<RelayStreams> Start(RelayStreams plain, ReadOnlyMemory<byte> first)
    {
        if (encrypt is not null) return await encrypt(plain, first, ended.Token);
        await plain.Near.WriteAsync(first, ended.Token);
        return plain;
    }

    private async Task<Socket> Dial()
    {
        var socket = new Socket(remote.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        Track(socket);
        await socket.ConnectAsync(remote, ended.Token);
        return socket;
    }

    private async Task Pump(Stream from, Stream to, Socket source, Socket end, bool counted)
    {
        var part = ArrayPool<byte>.Shared.Rent(PartSize);
        try
        {
            int read;
            while ((read = await from.ReadAsync(part.AsMemory(0, PartSize), ended.Token)) > 0)
            {
                if (counted && Interlocked.Add(ref allowance, -read) < 0) throw LimitExceeded();
                await to.WriteAsync(part.AsMemory(0, read), ended.Token);
            }

            if (to is SslStream tls) await tls.ShutdownAsync();
            end.Shutdown(SocketShutdown.Send);
        }
        catch
        {
            Drop(source);
            Drop(end);
            throw;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(part);
        }
    }

    private IOException LimitExceeded()
    {
        Exceeded = true;
        return new IOException("The response exceeded the allowed size.");
    }

    private void Track(Socket socket)
    {
        lock (sync)
        {
            if (ended.IsCancellationRequested) socket.Dispose();
            else sockets.Add(socket);
        }
    }

    private void Drop(Socket socket)
    {
        lock (sync) sockets.Remove(socket);
        socket.Dispose();
    }

    private static bool IsClosed(Exception e) =>
        e is SocketException or OperationCanceledException or ObjectDisposedException or IOException or AuthenticationException;
}
