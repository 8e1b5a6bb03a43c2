using System.Net;
using System.Net.Sockets;

namespace TestServers;

/// <summary>
/// A line from a host to a server on the loopback, as a network is one: cut, it carries nothing in either direction and closes nothing, and
/// who calls is let in and hears nothing. Healed, it carries what was held back.
/// </summary>
public sealed class CutProxy : IAsyncDisposable
{
    private readonly CancellationTokenSource over = new();
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly int server;
    private readonly Task answering;
    private volatile TaskCompletionSource whole = new();

    private CutProxy(int server)
    {
        this.server = server;
        whole.SetResult();
        listener.Start();
        Port = ((IPEndPoint)listener.LocalEndpoint).Port;
        answering = Answer();
    }

    /// <summary>Where the host finds the server.</summary>
    public int Port { get; }

    public static CutProxy To(int port) => new(port);

    public void Cut()
    {
        if (whole.Task.IsCompleted) whole = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    public void Heal() => whole.TrySetResult();

    public async ValueTask DisposeAsync()
    {
        await over.CancelAsync();
        await answering;
        listener.Dispose();
        over.Dispose();
    }

    private async Task Answer()
    {
        var calls = new List<Task>();
        try
        {
            while (true)
            {
                var host = await listener.AcceptTcpClientAsync(over.Token);
                calls.RemoveAll(c => c.IsCompleted);
                calls.Add(Carry(host));
            }
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(calls);
        }
    }

    private async Task Carry(TcpClient caller)
    {
        using var host = caller;
        using var called = new TcpClient { NoDelay = true };
        host.NoDelay = true;
        try
        {
            await Whole();
            await called.ConnectAsync(IPAddress.Loopback, server, over.Token);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(over.Token);
            var ways = new[] { Carry(host, called, either.Token), Carry(called, host, either.Token) };
            await Task.WhenAny(ways);
            await Whole(); // that one side hung up is news that the line carries, or not
            await either.CancelAsync();
            await Task.WhenAll(ways);
        }
        catch (Exception e) when (e is IOException or SocketException or OperationCanceledException)
        {
            // the server is away, or one of the two has hung up
        }
    }

    private async Task Carry(TcpClient from, TcpClient to, CancellationToken ct)
    {
        var bytes = new byte[32 * 1024];
        var (source, target) = (from.GetStream(), to.GetStream());
        while (await source.ReadAsync(bytes, ct) is > 0 and var many)
        {
            await Whole();
            await target.WriteAsync(bytes.AsMemory(0, many), ct);
        }
    }

    private Task Whole() => whole.Task.WaitAsync(over.Token);
}
