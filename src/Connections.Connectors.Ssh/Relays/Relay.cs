using System.Buffers;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;

namespace Connections.Connectors.Relays;

/// <summary>
/// Forwards connections from the loopback to a server, for libraries that can only dial themselves. The first connection uses the line that
/// is already open. Later ones (a driver that cancels a statement) use a new line. A guard checks all that comes back before the library
/// reads it.
/// </summary>
internal sealed class Relay : IAsyncDisposable
{
    private const int PartSize = 64 * 1024;

    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource ended = new();
    private readonly CancellationTokenSource disposed = new();
    private readonly Lock sync = new();
    private readonly HashSet<Socket> sockets = [];
    private readonly IWire wire;
    private Line? opened;
    private bool cut;

    public Relay(Line opened, IWire wire)
    {
        (this.opened, this.wire) = (opened, wire);
        Track(opened.Socket);
        listener.Start();
        Port = ((IPEndPoint)listener.LocalEndpoint).Port;
        _ = Accept();
    }

    public int Port { get; }

    /// <summary>Why a connection was closed: the server sent more than the limits allow. Null if it did not.</summary>
    public string? Problem { get; private set; }

    /// <summary>
    /// Closes all connections immediately, and each later one. The port remains taken: a library may dial it again, and nobody else may
    /// listen there.
    /// </summary>
    public void Cut()
    {
        lock (sync)
        {
            if (cut) return;
            cut = true;
            foreach (var socket in sockets) socket.Dispose();
            sockets.Clear();
        }

        _ = ended.CancelAsync();
    }

    /// <summary>Frees the port. The library must be closed before.</summary>
    public ValueTask DisposeAsync()
    {
        Cut();
        _ = disposed.CancelAsync();
        listener.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task Accept()
    {
        try
        {
            while (true) _ = Join(await listener.AcceptSocketAsync(disposed.Token));
        }
        catch (Exception e) when (IsClosed(e))
        {
            // The relay was disposed.
        }
    }

    private async Task Join(Socket near)
    {
        Line? far = null;
        try
        {
            Track(near);
            near.NoDelay = true;
            far = Interlocked.Exchange(ref opened, null);
            var first = far is not null;
            far ??= await wire.Dial(ended.Token);
            Track(far.Socket);
            var (nearStream, farStream) = await wire.Begin(new NetworkStream(near), far, first, ended.Token);
            await Task.WhenAll(Pump(nearStream, farStream, null, Close), Pump(farStream, nearStream, wire.Guard(), Close));
        }
        catch (Exception e) when (IsClosed(e))
        {
            // One side is closed; the other is closed below.
        }
        finally
        {
            Close();
        }

        void Close()
        {
            Drop(near);
            if (far is not null) Drop(far.Socket);
        }
    }

    private async Task Pump(Stream from, Stream to, IWireGuard? guard, Action close)
    {
        var part = ArrayPool<byte>.Shared.Rent(PartSize);
        try
        {
            int read;
            while ((read = await from.ReadAsync(part.AsMemory(0, PartSize), ended.Token)) > 0)
            {
                var accepted = guard?.Accept(part.AsSpan(0, read)) ?? read;
                Problem ??= guard?.Problem;
                if (accepted > 0) await to.WriteAsync(part.AsMemory(0, accepted), ended.Token);
                if (accepted < read) throw new IOException(Problem);
            }

            await End(to);
        }
        catch
        {
            close();
            throw;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(part);
        }
    }

    private static async Task End(Stream to)
    {
        if (to is SslStream tls) await tls.ShutdownAsync();
        else if (to is NetworkStream plain) plain.Socket.Shutdown(SocketShutdown.Send);
    }

    private void Track(Socket socket)
    {
        lock (sync)
        {
            if (cut) socket.Dispose();
            else sockets.Add(socket);
        }
    }

    private void Drop(Socket socket)
    {
        lock (sync) sockets.Remove(socket);
        socket.Dispose();
    }

    private static bool IsClosed(Exception e) => e is SocketException or OperationCanceledException or ObjectDisposedException
        or IOException or AuthenticationException or InvalidOperationException;
}
