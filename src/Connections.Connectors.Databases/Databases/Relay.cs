using System.Buffers;
using System.Net;
using System.Net.Sockets;

namespace Connections.Connectors.Databases;

/// <summary>
/// A way from the loopback to an address that was checked, for drivers that will only dial for themselves. The first to come gets the connection
/// that is open already, later ones (a driver that cancels) a new one to the same address. What comes back is counted, and has an end.
/// </summary>
internal sealed class Relay : IAsyncDisposable
{
    private const int PartSize = 16 * 1024;

    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource ended = new();
    private readonly Lock sync = new();
    private readonly HashSet<Socket> sockets = [];
    private readonly ReadOnlyMemory<byte> heard;
    private readonly IPEndPoint remote;
    private Socket? opened;
    private long allowance = long.MaxValue;

    /// <param name="heard">What was read of the open connection already.</param>
    public Relay(Socket opened, ReadOnlyMemory<byte> heard)
    {
        (this.opened, this.heard) = (opened, heard);
        remote = (IPEndPoint)opened.RemoteEndPoint!;
        Keep(opened);
        listener.Start();
        Port = ((IPEndPoint)listener.LocalEndpoint).Port;
        _ = Accept();
    }

    public int Port { get; }

    /// <summary>It was cut, since more came back than was allowed.</summary>
    public bool Exceeded { get; private set; }

    /// <summary>How much may come back from now on.</summary>
    public void Allow(long bytes) => Interlocked.Exchange(ref allowance, bytes);

    /// <summary>Ends all connections at once.</summary>
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
        catch (Exception e) when (Over(e))
        {
            // cut
        }
    }

    private async Task Join(Socket near)
    {
        Socket? far = null;
        try
        {
            Keep(near);
            near.NoDelay = true;
            far = Interlocked.Exchange(ref opened, null);
            if (far is not null && heard.Length > 0) await near.SendAsync(heard, ended.Token);
            far ??= await Dial();
            await Task.WhenAll(Pump(near, far, counted: false), Pump(far, near, counted: true));
        }
        catch (Exception e) when (Over(e))
        {
            // one side is gone, and so goes the other
        }
        finally
        {
            Drop(near);
            if (far is not null) Drop(far);
        }
    }

    private async Task<Socket> Dial()
    {
        var socket = new Socket(remote.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        Keep(socket);
        await socket.ConnectAsync(remote, ended.Token);
        return socket;
    }

    private async Task Pump(Socket from, Socket to, bool counted)
    {
        var part = ArrayPool<byte>.Shared.Rent(PartSize);
        try
        {
            int read;
            while ((read = await from.ReceiveAsync(part.AsMemory(0, PartSize), ended.Token)) > 0)
            {
                if (counted && Interlocked.Add(ref allowance, -read) < 0) throw Excess();
                for (var sent = 0; sent < read;) sent += await to.SendAsync(part.AsMemory(sent, read - sent), ended.Token);
            }

            to.Shutdown(SocketShutdown.Send);
        }
        catch
        {
            Drop(from);
            Drop(to);
            throw;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(part);
        }
    }

    private IOException Excess()
    {
        Exceeded = true;
        return new IOException("More came back than was allowed.");
    }

    private void Keep(Socket socket)
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

    private static bool Over(Exception e) => e is SocketException or OperationCanceledException or ObjectDisposedException or IOException;
}
