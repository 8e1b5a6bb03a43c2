using System.Net;
using System.Net.Sockets;

namespace Connectors.Tests.Rogue;

/// <summary>A server that answers each connection as a test says, until the client closes it.</summary>
internal sealed class RogueServer : IDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource ended = new();
    private readonly Func<Stream, CancellationToken, Task> answer;

    public RogueServer(Func<Stream, CancellationToken, Task> answer)
    {
        this.answer = answer;
        listener.Start();
        _ = Accept();
    }

    public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

    /// <summary>Sends the bytes again and again, until the client closes the connection.</summary>
    public static async Task Flood(Stream to, byte[] part, CancellationToken ct)
    {
        byte[] many = [.. Enumerable.Repeat(part, Math.Max(1, 16 * 1024 / part.Length)).SelectMany(p => p)];
        while (true) await to.WriteAsync(many, ct);
    }

    /// <summary>Waits until the client closes the connection.</summary>
    public static Task Silence(Stream from, CancellationToken ct) => from.CopyToAsync(Stream.Null, ct);

    public void Dispose()
    {
        ended.Cancel();
        listener.Dispose();
        ended.Dispose();
    }

    private async Task Accept()
    {
        try
        {
            while (true) _ = Serve(await listener.AcceptTcpClientAsync(ended.Token));
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The test has ended.
        }
    }

    private async Task Serve(TcpClient client)
    {
        using (client)
        {
            try
            {
                await answer(client.GetStream(), ended.Token);
            }
            catch (Exception e) when (e is IOException or OperationCanceledException or ObjectDisposedException)
            {
                // The client closed the connection.
            }
        }
    }
}
