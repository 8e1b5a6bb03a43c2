using System.Net;
using System.Net.Sockets;

namespace TestServers;

/// <summary>
/// Stands between a host and a server on the loopback. Cut, it passes nothing on in either direction and closes nothing, as a network does
/// whose cable was pulled: what was sent meanwhile arrives when it is healed.
/// </summary>
public sealed class CutProxy : IAsyncDisposable
{
    private readonly CancellationTokenSource ended = new();
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly int target;
    private readonly Task accepting;
    private volatile TaskCompletionSource passable = Passable();

    private CutProxy(int target)
    {
        this.target = target;
        listener.Start();
        Port = ((IPEndPoint)listener.LocalEndpoint).Port;
        accepting = Accept();
    }

    public int Port { get; }

    public static CutProxy To(int port) => new(port);

    public void Cut()
    {
        if (passable.Task.IsCompleted) passable = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    public void Heal() => passable.TrySetResult();

    public async ValueTask DisposeAsync()
    {
        await ended.CancelAsync();
        listener.Stop();
        await accepting;
        listener.Dispose();
        ended.Dispose();
    }

    private static TaskCompletionSource Passable()
    {
        var open = new TaskCompletionSource();
        open.SetResult();
        return open;
    }

    private async Task Accept()
    {
        var lines = new List<Task>();
        try
        {
            while (true) lines.Add(Line(await listener.AcceptTcpClientAsync(ended.Token)));
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // the tests are done with it
        }

        await Task.WhenAll(lines);
    }

    private async Task Line(TcpClient host)
    {
        using (host)
        using (var server = new TcpClient())
        {
            try
            {
                await passable.Task.WaitAsync(ended.Token);
                await server.ConnectAsync(IPAddress.Loopback, target, ended.Token);
                (host.NoDelay, server.NoDelay) = (true, true);
                await Task.WhenAny(Pass(host.GetStream(), server.GetStream()), Pass(server.GetStream(), host.GetStream()));
                await passable.Task.WaitAsync(ended.Token); // nobody is told of an end either
            }
            catch (Exception e) when (e is IOException or SocketException or OperationCanceledException)
            {
                // as a line ends that one side has left
            }
        }
    }

    private async Task Pass(NetworkStream from, NetworkStream to)
    {
        var buffer = new byte[32 * 1024];
        try
        {
            while (await from.ReadAsync(buffer, ended.Token) is > 0 and var read)
            {
                await passable.Task.WaitAsync(ended.Token);
                await to.WriteAsync(buffer.AsMemory(0, read), ended.Token);
            }
        }
        catch (Exception e) when (e is IOException or SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // the other way ends with it
        }
    }
}
