using System.Security.Cryptography;
using Connections.Connectors.Files;
using Files.Tests.Harness;

namespace Files.Tests;

public abstract class StoreContract(FileDatabase database, BucketFixture? bucket = null) : FileContract(database, bucket)
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(Chunk - 1)]
    [InlineData(Chunk)]
    [InlineData(Chunk + 1)]
    [InlineData(3 * Chunk)]
    [InlineData(1_000_000)]
    public async Task A_stored_file_is_read_as_it_was_written(int size)
    {
        var content = Random(size);
        var file = await Put(content);
        Assert.Equal((size, "report.pdf", "application/pdf"), (file.Size, file.Name, file.ContentType));
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(content)), file.Sha256);
        Assert.Equal(file, await Store.Get(Workspace, file.Id, default));
        Assert.Equal(content, await Read(file.Id));
    }

    [Theory]
    [InlineData(0, 10)]
    [InlineData(Chunk - 5, 10)]
    [InlineData(2 * Chunk, Chunk)]
    [InlineData(299_990, 10)]
    [InlineData(100_000, 200_000)]
    public async Task A_file_can_be_read_from_any_position(int from, int length)
    {
        var content = Random(300_000);
        var file = await Put(content);
        await using var open = await Store.Open(Workspace, file.Id, default);
        open.Content.Seek(from, SeekOrigin.Begin);
        var read = new byte[length];
        await open.Content.ReadExactlyAsync(read, TestContext.Current.CancellationToken);
        Assert.Equal(content[from..(from + length)], read);
        open.Content.Position = from;
        Array.Clear(read);
        open.Content.ReadExactly(read); // some libraries read synchronously
        Assert.Equal(content[from..(from + length)], read);
    }

    [Fact]
    public async Task A_file_that_is_written_in_small_parts_is_the_same()
    {
        var content = Random(2 * Chunk + 17);
        await using var writer = await Store.Create(Workspace, new NewFile("a", null), default);
        for (var at = 0; at < content.Length; at += 1_000) await writer.Write(content.AsMemory(at, Math.Min(1_000, content.Length - at)), default);
        var file = await writer.Complete(default);
        Assert.Equal(content, await Read(file.Id));
    }

    [Fact]
    public async Task A_file_of_another_workspace_does_not_exist()
    {
        var file = await Put([1, 2, 3]);
        foreach (var work in (Func<Task>[])[
            () => Store.Get("other", file.Id, default), () => Store.Open("other", file.Id, default), () => Store.Delete("other", file.Id, default)])
            await Rejects("file.not-found", work);
        Assert.Equal([1, 2, 3], await Read(file.Id));
    }

    [Fact]
    public async Task A_deleted_file_is_gone_with_its_bytes()
    {
        var file = await Put(Random(100_000));
        Assert.Single(Stored());
        await Store.Delete(Workspace, file.Id, default);
        Assert.Empty(Stored());
        await Rejects("file.not-found", () => Store.Open(Workspace, file.Id, default));
        await Rejects("file.not-found", () => Store.Delete(Workspace, file.Id, default));
    }

    [Fact]
    public async Task Nothing_stays_of_a_file_whose_stream_fails()
    {
        await Assert.ThrowsAsync<EndOfStreamException>(() => Store.Write(Workspace, new NewFile("a", null), new CutStream(300_000), default));
        Assert.Empty(Stored());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_file_above_the_limit_is_rejected_and_nothing_stays(bool sizeIsKnown)
    {
        var host = await Another(maxBytes: 100_000);
        Task<StoredFile> Upload(int size) =>
            host.Store.Write(Workspace, new NewFile("a", null, sizeIsKnown ? size : null), new MemoryStream(new byte[size]), default);
        await Rejects("file.too-large", () => Upload(100_001));
        Assert.Empty(Stored());
        Assert.Equal(100_000, (await Upload(100_000)).Size);
    }

    [Fact]
    public async Task Neither_content_nor_names_are_in_the_stores_or_the_log()
    {
        var canary = $"canary{Guid.NewGuid():n}";
        var content = System.Text.Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(canary, 5_000)));
        var file = await Put(content, $"{canary}.txt", $"text/{canary}");
        await Read(file.Id);
        foreach (var path in Directory.GetFiles(Root, "*", SearchOption.AllDirectories))
        {
            await using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using var bytes = new MemoryStream();
            await stream.CopyToAsync(bytes, TestContext.Current.CancellationToken);
            Assert.Equal(-1, bytes.ToArray().AsSpan().IndexOf(System.Text.Encoding.UTF8.GetBytes(canary)));
        }

        Assert.DoesNotContain(canary, Host.Logs.Text, StringComparison.Ordinal);
    }

    private sealed class CutStream(int after) : MemoryStream(new byte[after])
    {
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            await base.ReadAsync(buffer, cancellationToken) is var read and > 0 ? read : throw new EndOfStreamException();
    }
}
