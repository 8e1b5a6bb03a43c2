using System.Net.Sockets;
using EndToEnd.Tests.Harness;
using Microsoft.AspNetCore.Http;
using TestServers;

namespace EndToEnd.Tests;

/// <summary>Strangers who hold connections open without a key neither end the process nor keep it from working afterwards.</summary>
public sealed class DescriptorTests
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(180);

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

    [Theory]
    [InlineData(900, 300)]
    [InlineData(1024, 450)]
    public async Task Slow_calls_to_providers_do_not_end_the_process(int descriptors, int calls)
    {
        using var folder = new DataFolder();
        await using var provider = await ApiServer.Start();
        var (held, release) = (0, new TaskCompletionSource());
        provider.Answer = async http =>
        {
            Interlocked.Increment(ref held);
            if (http.Request.Path.Value!.EndsWith("slow", StringComparison.Ordinal)) await release.Task.WaitAsync(http.RequestAborted);
            Interlocked.Decrement(ref held);
            await http.Response.WriteAsync("{}");
        };
        await using var service = await StandaloneProcess.StartWithDescriptors(folder.Path, descriptors);
        var connections = new List<Guid>();
        for (var i = 0; i < calls; i++)
        {
            var settings = new { baseUrl = $"http://127.0.0.1:{provider.Port}/{i}", auth = "none" };
            connections.Add((await service.Api.Post("/api/connections", new { connector = "http", name = $"{i}", settings, credentials = new { } })).Is(201)["id"].GetGuid());
        }

        var activities = new List<Guid>();
        foreach (var connectionId in connections)
        {
            var input = new { method = "GET", path = "/slow" };
            activities.Add((await service.Api.Post("/api/activities", new { connectionId, activity = "request", input })).Is(202)["id"].GetGuid());
        }

        await Until.Holds(() => Volatile.Read(ref held) >= 20, "calls are under way", Long);
        (await service.Api.Get("/health/ready")).Is(200);
        (await service.Api.Get("/api/activities")).Is(200);
        release.SetResult();
        foreach (var activity in activities) await service.Api.Reaches(activity, "succeeded", Long);
        Assert.Equal(0, await service.Process.Stop());
    }

    [Fact]
    public async Task Slow_uploads_do_not_take_every_descriptor()
    {
        const int uploads = 900;
        using var folder = new DataFolder();
        await using var service = await StandaloneProcess.StartWithDescriptors(folder.Path, 2048);
        var senders = new List<Socket>();
        try
        {
            for (var i = 0; i < uploads; i++) senders.Add(await HalfUploaded(service.Api));
            await Until.Holds(() => senders.Exists(Closed), "further uploads are refused", Long); // 503, or the connection is closed
            Assert.InRange(Directory.GetFiles($"/proc/{service.Process.Id}/fd").Length, 0, 2000);
            (await service.Api.Get("/health/ready")).Is(200);
        }
        finally
        {
            senders.ForEach(socket => socket.Dispose());
        }

        using var http = new HttpClient { BaseAddress = service.Api.Address };
        http.DefaultRequestHeaders.Authorization = new("Bearer", service.Api.Key);
        await Until.Holds(
            async () => (await http.PostAsync(new Uri("/api/files", UriKind.Relative), new ByteArrayContent([1]))).IsSuccessStatusCode, "a file can be stored", Long);
        Assert.Equal(0, await service.Process.Stop());
    }

    [Fact]
    public async Task A_process_with_too_few_descriptors_to_load_its_code_says_so()
    {
        using var folder = new DataFolder();
        await using var refused = HostProcess.StartWatched(["/bin/sh", "-c", "ulimit -n 256; exec \"$@\"", "sh"], "Standalone", "--data", folder.Path);
        Assert.Equal(1, await refused.Exit(Long));
        Assert.Contains("only 256 open files and sockets", refused.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", refused.Output, StringComparison.Ordinal);
    }

    private static async Task<Socket> HalfUploaded(Api api)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(api.Address.Host, api.Address.Port);
        var head = $"POST /api/files HTTP/1.1\r\nHost: service\r\nAuthorization: Bearer {api.Key}\r\nContent-Length: 5000000\r\n\r\n";
        try
        {
            await socket.SendAsync((byte[])[.. System.Text.Encoding.ASCII.GetBytes(head), .. new byte[100_000]]);
        }
        catch (SocketException)
        {
            // The service has closed the connection already.
        }

        return socket;
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
