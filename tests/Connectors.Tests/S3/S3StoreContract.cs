using System.Security.Cryptography;
using Connections.Domain;
using Connectors.Tests.Transfers;
using TestServers;

namespace Connectors.Tests.S3;

/// <summary>Files in a real server that speaks the protocol of S3.</summary>
public abstract class S3StoreContract
{
    private readonly Lazy<S3Store> store;

    protected S3StoreContract() => store = new(() => new S3Store(new { endpoint = Address, bucket = ObjectStoreServer.Bucket }));

    protected abstract string Address { get; }

    protected virtual bool ListsParts => true;

    private protected S3Store Store => store.Value;

    [Theory]
    [InlineData(0)]
    [InlineData(1000)]
    [InlineData(20 * 1024 * 1024)]
    public async Task A_file_comes_back_as_it_was_uploaded(int size)
    {
        var content = RandomNumberGenerator.GetBytes(size);
        var id = await Store.Upload($"{size}.bin", content, "/round/trip");
        Assert.Equal($"/round/trip/{size}.bin", id);
        var (fetched, file) = await Store.Fetch(id);
        Assert.Equal((Hash(content), $"{size}.bin", "text/plain"), (Hash(fetched), file.Name, file.ContentType));
        Assert.Equal([id], await Store.List(new { folder = "/round/trip", query = $"{size}.b" }));
    }

    [Theory]
    [InlineData("a b.txt")]
    [InlineData("#%.txt")]
    [InlineData("%41+&=;,?.txt")]
    [InlineData("-dash.txt")]
    [InlineData("\u202Egnp.exe")]
    [InlineData("\uD83D\uDE80 Grüße 日本.txt")]
    [InlineData("'\"<>|*.txt")]
    public async Task A_name_comes_back_the_same(string name)
    {
        var folder = $"/names {Convert.ToHexString(System.Text.Encoding.UTF8.GetBytes(name))}";
        var id = await Store.Upload(name, "abc"u8.ToArray(), folder);
        Assert.Equal($"{folder}/{name}", id);
        Assert.Equal([id], await Store.List(new { folder }));
        var (fetched, file) = await Store.Fetch(id);
        Assert.Equal(("abc", name), (System.Text.Encoding.UTF8.GetString(fetched), file.Name));
        await Store.Done("delete-file", new { id });
        Assert.Empty(await Store.List(new { folder }));
    }

    [Theory]
    [InlineData("a\0b.txt")]
    [InlineData("a\nb.txt")]
    [InlineData("a/b.txt")]
    [InlineData("../a.txt")]
    [InlineData("..")]
    [InlineData(".")]
    public async Task A_name_that_cannot_be_kept_is_rejected(string name)
    {
        var failed = await Store.Fails("upload-file", new { name, file = new { name = "x", base64 = "YQ==" } });
        Assert.Equal((FailureKind.InvalidInput, Delivered.No), (failed.Kind, failed.Delivered));
        Assert.EndsWith(".", failed.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/a/../b")]
    [InlineData("../b")]
    [InlineData("/./b")]
    [InlineData("/")]
    public async Task A_path_that_leads_elsewhere_is_rejected(string id)
    {
        Assert.Equal(FailureKind.InvalidInput, (await Store.Fails("fetch-file", new { id })).Kind);
        Assert.Equal(FailureKind.InvalidInput, (await Store.Fails("delete-file", new { id })).Kind);
    }

    [Fact]
    public async Task A_path_that_is_too_long_is_rejected()
    {
        var failed = await Store.Fails("fetch-file", new { id = $"/{string.Join('/', Enumerable.Repeat(new string('ü', 200), 3))}" });
        Assert.Equal(FailureKind.InvalidInput, failed.Kind);
    }

    [Fact]
    public async Task Another_file_of_the_same_name_is_replaced_only_where_that_is_wanted()
    {
        var id = await Store.Upload("same.txt", "one"u8.ToArray(), "/conflict");
        await Store.Upload("same.txt", "one"u8.ToArray(), "/conflict"); // the same content is no conflict
        var other = await Store.Files.Add("same.txt", "two"u8.ToArray());
        var failed = await Store.Fails("upload-file", new { file = new { id = other.Id }, folder = "/conflict" });
        Assert.Equal((FailureKind.InvalidInput, Delivered.No), (failed.Kind, failed.Delivered));
        Assert.Equal("one"u8.ToArray(), (await Store.Fetch(id)).Content);
        await Store.Upload("same.txt", "two"u8.ToArray(), "/conflict", replace: true);
        Assert.Equal("two"u8.ToArray(), (await Store.Fetch(id)).Content);
    }

    [Fact]
    public async Task Deleting_twice_is_the_same_as_once()
    {
        var id = await Store.Upload("gone.txt", "x"u8.ToArray());
        await Store.Done("delete-file", new { id });
        await Store.Done("delete-file", new { id });
        Assert.Equal(FailureKind.NotFound, (await Store.Fails("fetch-file", new { id })).Kind);
    }

    [Fact]
    public async Task A_bucket_that_does_not_exist_is_told_at_the_connection_test()
    {
        await using var elsewhere = new S3Store(new { endpoint = Address, bucket = "no-such-bucket" });
        Assert.Equal(FailureKind.InvalidInput, (await elsewhere.Probe()).Failure!.Kind);
        Assert.Equal(FailureKind.NotFound, (await elsewhere.Fails("list-files", new { })).Kind);
    }

    [Fact]
    public async Task A_connection_test_recognises_the_key_and_the_bucket()
    {
        var probed = await Store.Probe();
        Assert.Null(probed.Failure);
        Assert.Equal(["resolve", "connect", "tls", "signIn", "identify"], probed.Steps.Select(step => step.Name));
        await using var other = new S3Store(new { endpoint = Address });
        Assert.NotEqual(probed.Account!.Id, (await other.Probe()).Account!.Id);
    }

    [Fact]
    public async Task Without_a_bucket_each_path_begins_with_one()
    {
        await using var all = new S3Store(new { endpoint = Address });
        Assert.Contains($"/{ObjectStoreServer.Bucket}/", await all.List(new { }));
        var id = await all.Upload("x.txt", "abc"u8.ToArray(), $"/{ObjectStoreServer.Bucket}/all");
        Assert.Equal($"/{ObjectStoreServer.Bucket}/all/x.txt", id);
        Assert.Equal("abc"u8.ToArray(), (await all.Fetch(id)).Content);
    }

    [Fact]
    public async Task An_upload_goes_on_from_the_parts_that_an_earlier_attempt_sent()
    {
        await using var store = new S3Store(new { endpoint = Address, bucket = ObjectStoreServer.Bucket });
        var stage = new StageInMemory();
        var file = await store.Files.Add("long.bin", RandomNumberGenerator.GetBytes(20 * 1024 * 1024));
        (store.Stage, store.Files.BreaksOnceAt) = (stage, 10 * 1024 * 1024);
        var id = (await store.Done("upload-file", new { file = new { id = file.Id } })).GetProperty("id").GetString()!;
        Assert.Equal(ListsParts ? 1 : 2, stage.Progress.Count(progress => progress!.Done == 0)); // how often it was begun
        Assert.True(stage.Resumable);
        Assert.Equal(file.Sha256, (await Store.Fetch(id)).File.Sha256);
    }

    private static string Hash(byte[] content) => Convert.ToHexString(SHA256.HashData(content));
}
