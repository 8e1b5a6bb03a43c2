using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text.Json;
using EndToEnd.Tests.Harness;
using EndToEnd.Tests.Hosts;

namespace EndToEnd.Tests.Files;

/// <summary>Large files pass through a process whose memory hardly grows.</summary>
[Collection(Alone.Name)]
public sealed class LargeFileTests
{
    private const long Size = 256L * 1024 * 1024;
    private const long MaxGrowth = 64 * 1024;

    [Fact]
    public async Task A_file_of_256_MiB_costs_less_than_64_MiB_of_memory()
    {
        if (!OperatingSystem.IsLinux()) return;
        using var folder = new DataFolder();
        await using var service = await StandaloneProcess.Start(folder.Path);
        using var http = new HttpClient { BaseAddress = service.Api.Address, Timeout = TimeSpan.FromMinutes(5) };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", service.Api.Key);
        await Transfer(http, 4 * 1024 * 1024); // loads the code
        var before = Resident(service, "VmRSS");
        await File.WriteAllTextAsync($"/proc/{service.Process.Id}/clear_refs", "5"); // starts the peak anew
        await Transfer(http, Size);
        var growth = Resident(service, "VmHWM") - before;
        Assert.InRange(growth, long.MinValue, MaxGrowth);
    }

    private static async Task Transfer(HttpClient http, long size)
    {
        using var sent = new Pattern(size);
        using var response = await http.PostAsync("/api/files", new StreamContent(sent));
        var file = JsonElement.Parse(await response.Content.ReadAsStringAsync());
        using var again = new Pattern(size);
        var hash = Convert.ToHexStringLower(await SHA256.HashDataAsync(again));
        Assert.Equal(hash, file.GetProperty("sha256").GetString());
        await using var back = await http.GetStreamAsync($"/api/files/{file.GetProperty("id").GetString()}");
        Assert.Equal(hash, Convert.ToHexStringLower(await SHA256.HashDataAsync(back)));
    }

    // In kilobytes.
    private static long Resident(StandaloneProcess service, string what) => long.Parse(
        File.ReadLines($"/proc/{service.Process.Id}/status").Single(line => line.StartsWith($"{what}:", StringComparison.Ordinal))
            .Split(':')[1].Replace("kB", "", StringComparison.Ordinal).Trim(),
        System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>Bytes that depend on their position, without a known length.</summary>
    private sealed class Pattern(long size) : Stream
    {
        private long at;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => at; set => throw new NotSupportedException(); }

        public override int Read(Span<byte> buffer)
        {
            var length = (int)Math.Min(buffer.Length, size - at);
            for (var i = 0; i < length; i++) buffer[i] = (byte)((at + i) * 31 >> 7);
            at += length;
            return length;
        }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => new(Read(buffer.Span));

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
