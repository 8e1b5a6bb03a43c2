using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace TestServers;

/// <summary>
/// An HTTP listener on the loopback that certificates name as the place of their issuer, their revocation list and their OCSP responder.
/// </summary>
public sealed class DownloadListener : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource ended = new();
    private readonly ConcurrentQueue<int> callers = [];
    private readonly ConcurrentDictionary<int, byte> own = [];
    private readonly ConcurrentBag<TcpClient> open = [];
    private readonly Task loop;

    public DownloadListener()
    {
        listener.Start();
        Address = $"http://{listener.LocalEndpoint}";
        loop = Accept();
    }

    public string Address { get; }

    /// <summary>The body of each response. Without it, the listener never responds.</summary>
    public byte[]? Body { get; set; }

    /// <summary>
    /// The number of connections so far. The listener accepts connections in their order: what came before a connection of our own is
    /// counted.
    /// </summary>
    public async Task<int> CountConnections()
    {
        using var last = new TcpClient();
        await last.ConnectAsync((IPEndPoint)listener.LocalEndpoint);
        var port = ((IPEndPoint)last.Client.LocalEndPoint!).Port;
        await Until.Holds(() => Task.FromResult(callers.Contains(port)), "the listener has accepted all connections");
        own.TryAdd(port, 0);
        return callers.TakeWhile(p => p != port).Count(p => !own.ContainsKey(p));
    }

    public async ValueTask DisposeAsync()
    {
        await ended.CancelAsync();
        await loop;
        listener.Dispose();
        foreach (var client in open) client.Dispose();
        ended.Dispose();
    }

    private async Task Accept()
    {
        try
        {
            while (true)
            {
                var client = await listener.AcceptTcpClientAsync(ended.Token);
                open.Add(client);
                callers.Enqueue(((IPEndPoint)client.Client.RemoteEndPoint!).Port);
                if (Body is { } body) _ = Respond(client, body);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException)
        {
            // The test is over.
        }
    }

    private static async Task Respond(TcpClient client, byte[] body)
    {
        try
        {
            using var reader = new StreamReader(client.GetStream(), Encoding.ASCII, leaveOpen: true);
            while (await reader.ReadLineAsync() is { Length: > 0 })
            {
                // Skip the headers.
            }

            await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(
                $"HTTP/1.1 200 OK\r\nContent-Type: application/pkix-cert\r\nContent-Length: {body.Length}\r\nConnection: close\r\n\r\n"));
            await client.GetStream().WriteAsync(body);
            client.Close();
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // The caller has closed the connection.
        }
    }
}
