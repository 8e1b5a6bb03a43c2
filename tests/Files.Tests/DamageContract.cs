using EventSourcing;
using Files.Tests.Harness;

namespace Files.Tests;

/// <summary>What somebody does to the stored bytes is noticed, and never read as a shorter or another file.</summary>
public abstract class DamageContract(FileDatabase database, BucketFixture? bucket = null) : FileContract(database, bucket)
{
    private const int Box = Chunk + 16;

    [Theory]
    [InlineData("cut by a byte")]
    [InlineData("cut after a chunk")]
    [InlineData("cut to nothing")]
    [InlineData("longer")]
    [InlineData("first bit")]
    [InlineData("bit in the middle")]
    [InlineData("last bit")]
    [InlineData("chunks swapped")]
    [InlineData("chunk repeated")]
    [InlineData("chunk left out and the last repeated")]
    [InlineData("removed")]
    public async Task A_damaged_file_is_an_error(string damage)
    {
        var content = Random(3 * Chunk + 100);
        var file = await Put(content);
        var path = PathOf(file.Id);
        var bytes = await File.ReadAllBytesAsync(path, TestContext.Current.CancellationToken);
        Assert.Equal(content.Length + 4 * 16, bytes.Length);
        if (damage == "removed") RemoveStored(file.Id);
        else await File.WriteAllBytesAsync(path, Damage(damage, bytes), TestContext.Current.CancellationToken);

        await Rejects("file.unreadable", () => Read(file.Id));
        Assert.Contains($"The file {file.Id} of default cannot be read", Host.Logs.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_bytes_of_two_files_cannot_be_swapped()
    {
        var (a, b) = (await Put(Random(100_000)), await Put(Random(100_000)));
        File.Copy(PathOf(b.Id), PathOf(a.Id), overwrite: true);
        await Rejects("file.unreadable", () => Read(a.Id));
        Assert.Equal(100_000, (await Read(b.Id)).Length);
    }

    [Fact]
    public async Task An_empty_file_is_verified_too()
    {
        var file = await Put([]);
        await File.WriteAllBytesAsync(PathOf(file.Id), new byte[16], TestContext.Current.CancellationToken);
        await Rejects("file.unreadable", () => Read(file.Id));
    }

    [Fact]
    public async Task The_chunks_before_the_damage_are_read_and_nothing_after_it()
    {
        var content = Random(3 * Chunk);
        var file = await Put(content);
        var bytes = await File.ReadAllBytesAsync(PathOf(file.Id), TestContext.Current.CancellationToken);
        bytes[Box + 5] ^= 1;
        await File.WriteAllBytesAsync(PathOf(file.Id), bytes, TestContext.Current.CancellationToken);
        await using var open = await Store.Open(Workspace, file.Id, default);
        var first = new byte[Chunk];
        await open.Content.ReadExactlyAsync(first, TestContext.Current.CancellationToken);
        Assert.Equal(content[..Chunk], first);
        await Assert.ThrowsAsync<RejectedException>(async () => await open.Content.ReadExactlyAsync(first, TestContext.Current.CancellationToken));
        open.Content.Position = 2 * Chunk;
        await open.Content.ReadExactlyAsync(first, TestContext.Current.CancellationToken);
        Assert.Equal(content[(2 * Chunk)..], first);
    }

    private static byte[] Damage(string damage, byte[] bytes) => damage switch
    {
        "cut by a byte" => bytes[..^1],
        "cut after a chunk" => bytes[..(3 * Box)],
        "cut to nothing" => [],
        "longer" => [.. bytes, 0],
        "first bit" => Flip(bytes, 0),
        "bit in the middle" => Flip(bytes, Box + 1_000),
        "last bit" => Flip(bytes, bytes.Length - 1),
        "chunks swapped" => [.. bytes[Box..(2 * Box)], .. bytes[..Box], .. bytes[(2 * Box)..]],
        "chunk repeated" => [.. bytes[..Box], .. bytes[..Box], .. bytes[(2 * Box)..]],
        _ => [.. bytes[..Box], .. bytes[(2 * Box)..(3 * Box)], .. bytes[(2 * Box)..(3 * Box)], .. bytes[(3 * Box)..]]
    };

    private static byte[] Flip(byte[] bytes, int at)
    {
        bytes[at] ^= 0x80;
        return bytes;
    }
}
