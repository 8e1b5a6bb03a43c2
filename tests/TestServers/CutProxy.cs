using System.Net;
using System.Net.Sockets;

namespace TestServers;

/// <summary>
/// A TCP proxy that simulates a network failure between a host and a server on loopback. While cut, the proxy forwards nothing, closes
/// nothing, and accepts new connections without a response. Once healed, it forwards what it held back.
/// </summary>
public sealed class CutProxy : IAsyncDisposable
{
    private readonly CancellationTokenSource stop = new();
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly int server;
    private readonly Task accepting;
    private volatile TaskCompletionSource healed = new();
    private long forwarded;
    private long cutAt = long.MaxValue;

    private CutProxy(int server)
    {
        this.server = server;
        healed.SetResult();
        listener.Start();
        Port = ((IPEndPoint)listener.LocalEndpoint).Port;
        accepting = Accept();
    }

    /// <summary>The port of the proxy.</summary>
    public int Port { get; }

    /// <summary>The bytes that went to the server.</summary>
    public long Forwarded => Interlocked.Read(ref forwarded);

    public bool IsCut => !healed.Task.IsCompleted;

    public static CutProxy To(int port) => new(port);

    /// <summary>Cuts once so many bytes more went to the server.</summary>
    public void CutAfter(long bytes) => Interlocked.Exchange(ref cutAt, Forwarded + bytes);

    public void Cut()
    {
        if (healed.Task.IsCompleted) healed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    public void Heal()
    {
        Interlocked.Exchange(ref cutAt, long.MaxValue);
        healed.TrySetResult();
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await accepting;
        listener.Dispose();
        stop.Dispose();
    }

    private async Task Accept()
    {
        var connections = new List<Task>();
        try
        {
            while (true)
            {
                var host = await listener.AcceptTcpClientAsync(stop.Token);
                connections.RemoveAll(c => c.IsCompleted);
                connections.Add(Forward(host));
            }
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(connections);
        }
    }

    private async Task Forward(TcpClient accepted)
    {
        using var host = accepted;
        using var target = new TcpClient { NoDelay = true };
        host.NoDelay = true;
        try
        {
            await UntilHealed();
            await target.ConnectAsync(IPAddress.Loopback, server, stop.Token);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(stop.Token);
            var directions = new[] { Forward(host, target, Count, either.Token), Forward(target, host, null, either.Token) };
            await Task.WhenAny(directions);
            await UntilHealed(); // a closed connection is also held back while cut
            await either.CancelAsync();
            await Task.WhenAll(directions);
        }
        catch (Exception e) when (e is IOException or SocketException or OperationCanceledException)
        {
            // The server is unavailable, or one side closed the connection.
        }
    }

    /// <param name="forwarding">Called before bytes are forwarded; null: nobody counts them.</param>
    private async Task Forward(TcpClient from, TcpClient to, Action<int>? forwarding, CancellationToken ct)
    {
        var bytes = new byte[32 * 1024];
        var (source, target) = (from.GetStream(), to.GetStream());
        while (await source.ReadAsync(bytes, ct) is > 0 and var count)
        {
            forwarding?.Invoke(count);
            await UntilHealed();
            await target.WriteAsync(bytes.AsMemory(0, count), ct);
        }
    }

    private void Count(int bytes)
    {
        if (Interlocked.Add(ref forwarded, bytes) > Interlocked.Read(ref cutAt)) Cut();
    }

    private Task UntilHealed() => healed.Task.WaitAsync(stop.Token);
}
