using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using EndToEnd.Tests.Harness;
using TestServers;

namespace EndToEnd.Tests.Files;

/// <summary>What stays of uploads that a full disk or the end of the process ends.</summary>
public sealed class FullDiskTests
{
    private const int Megabyte = 1024 * 1024;

    [Theory]
    [InlineData(12 * Megabyte, true)]
    [InlineData(12 * Megabyte, false)]
    [InlineData(8 * Megabyte - 4096, false)]
    [InlineData(8 * Megabyte - 100, false)]
    [InlineData(8 * Megabyte, false)]
    public async Task A_full_disk_rejects_an_upload_and_nothing_of_it_stays(int size, bool lengthIsKnown)
    {
        using var disk = SmallDisk.Mount(8);
        using var folder = new DataFolder();
        await using var service = await Start(folder, disk.Path);
        using var http = Client(service);
        var before = Stored(disk.Path);
        using var response = await http.PostAsync("/api/files", Content(new byte[size], lengthIsKnown));
        Assert.Equal(507, (int)response.StatusCode);
        Assert.Contains("file.store-full", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(before, Stored(disk.Path));
        Assert.Equal(201, (int)(await http.PostAsync("/api/files", Content(new byte[4 * Megabyte], false))).StatusCode);
        (await service.Api.Get("/health/ready")).Is(200);
    }

    [Fact]
    public async Task A_disk_that_is_full_of_everything_takes_no_file_and_the_service_lives()
    {
        using var disk = SmallDisk.Mount(16);
        using var data = new MountedFolder(disk.Path);
        await using var service = await StandaloneProcess.Start(data.Path);
        using var http = Client(service);
        for (var round = 0; round < 3; round++)
        {
            using var response = await http.PostAsync("/api/files", Content(new byte[20 * Megabyte], false));
            Assert.Equal(507, (int)response.StatusCode);
        }

        Assert.Equal(201, (int)(await http.PostAsync("/api/files", Content(new byte[Megabyte], false))).StatusCode);
        (await service.Api.Get("/health/ready")).Is(200);
    }

    [Fact]
    public async Task An_upload_during_which_the_process_is_killed_is_gone_after_the_next_start()
    {
        using var folder = new DataFolder();
        var files = Path.Combine(folder.Path, "files");
        await using (var service = await StandaloneProcess.Start(folder.Path))
        {
            using var socket = new TcpClient();
            await socket.ConnectAsync(service.Api.Address.Host, service.Api.Address.Port);
            var head = $"POST /api/files HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {service.Api.Key}\r\nContent-Length: 10000000\r\n\r\n";
            await socket.GetStream().WriteAsync(Encoding.ASCII.GetBytes(head));
            await socket.GetStream().WriteAsync(new byte[Megabyte]);
            await Until.Holds(() => Stored(files).Count > 0, "the upload has begun");
            await service.Kill();
        }

        Assert.NotEmpty(Stored(files));
        await using var next = await StandaloneProcess.Start(folder.Path);
        Assert.Empty(Stored(files));
    }

    private static Task<StandaloneProcess> Start(DataFolder folder, string files) =>
        StandaloneProcess.Start(folder.Path, new Dictionary<string, string> { ["Files__Folder"] = files });

    private static HttpClient Client(StandaloneProcess service)
    {
        var http = new HttpClient { BaseAddress = service.Api.Address };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", service.Api.Key);
        return http;
    }

    private static HttpContent Content(byte[] bytes, bool lengthIsKnown)
    {
        if (lengthIsKnown) return new ByteArrayContent(bytes);
        var content = new ByteArrayContent(bytes);
        return new StreamContent(new Unmeasured(content.ReadAsStream()));
    }

    private static List<string> Stored(string files) => Directory.Exists(files)
        ? [.. Directory.GetFiles(files, "*", SearchOption.AllDirectories).Where(file => Path.GetFileName(file) != "store-id").Order()]
        : [];

    /// <summary>A data folder on a disk of its own.</summary>
    private sealed class MountedFolder(string disk) : IDisposable
    {
        public string Path { get; } = System.IO.Path.Combine(disk, "data");

        public void Dispose()
        {
            if (Directory.Exists(Path)) Directory.Delete(Path, recursive: true);
        }
    }

    private sealed class Unmeasured(Stream inner) : Stream
    {
        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override int Read(byte[] buffer, int offset, int count) => inner.Read(buffer, offset, count);

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
