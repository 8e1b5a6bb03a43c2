using System.Net.Sockets;
using EndToEnd.Tests.Harness;
using TestServers;

namespace EndToEnd.Tests;

/// <summary>Strangers who hold connections open without a key neither end the process nor keep it from working afterwards.</summary>
public sealed class DescriptorTests
{
    [Theory]
    [InlineData(1024, 1150)]
    [InlineData(1500, 2000)]
    public async Task Half_sent_requests_do_not_end_the_process(int descriptors, int requests)
    {
        using var folder = new DataFolder();
        await using var service = await StandaloneProcess.StartWithDescriptors(folder.Path, descriptors);
        Assert.Contains($"only {descriptors} open files", service.Process.Output, StringComparison.Ordinal);

        var held = new List<Socket>();
        try
        {
            for (var i = 0; i < requests; i++) held.Add(await HalfSent(service.Api.Address));
            await Until.Holds(() => held.Exists(Closed), "a further connection is closed");
            Assert.Contains(held, socket => !Closed(socket));
            Assert.False(service.Process.Ended, service.Process.Output);
        }
        finally
        {
            held.ForEach(socket => socket.Dispose());
        }

        await Until.Seen(() => service.Api.Get("/health/ready"), ready => ready.Status == 200, "the service answers");
        (await service.Api.Get("/api/activities")).Is(200);
        Assert.Equal(0, await service.Process.Stop());
    }

    private static async Task<Socket> HalfSent(Uri address)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(address.Host, address.Port);
        try
        {
            await socket.SendAsync("GET /health/ready HTTP/1.1\r\nHost: service\r\nX-Slow: "u8.ToArray());
        }
        catch (SocketException)
        {
            // The service has closed the connection already.
        }

        return socket;
    }

    // The service sends nothing to a half-sent request: what can be read is the end of the connection.
    private static bool Closed(Socket socket) => socket.Poll(0, SelectMode.SelectRead);
}
