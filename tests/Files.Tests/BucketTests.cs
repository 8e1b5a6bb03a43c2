using Connections.Connectors.Files;
using Connections.Credentials.Vault;
using Files.Tests.Harness;

namespace Files.Tests;

public sealed class BucketStoreTests(BucketFixture bucket) : StoreContract(new SqliteFiles(), bucket), IClassFixture<BucketFixture>;

public sealed class BucketDamageTests(BucketFixture bucket) : DamageContract(new SqliteFiles(), bucket), IClassFixture<BucketFixture>;

public sealed class BucketExpiryTests(BucketFixture bucket) : ExpiryContract(new SqliteFiles(), bucket), IClassFixture<BucketFixture>;

/// <summary>Several hosts use one bucket, and notice when one of them has another.</summary>
public sealed class BucketTests(BucketFixture bucket) : FileContract(new SqliteFiles(), bucket), IClassFixture<BucketFixture>
{
    private readonly BucketFixture bucket = bucket;
    private VaultDatabase? fresh;

    public override async ValueTask DisposeAsync()
    {
        if (fresh is not null) await fresh.Sql.DisposeAsync();
        await base.DisposeAsync();
    }

    [Fact]
    public async Task A_file_of_one_host_is_read_and_deleted_on_another()
    {
        var file = await Put([1, 2]);
        var other = await Another();
        Assert.Equal([1, 2], await Read(other, file.Id));
        await other.Store.Delete(Workspace, file.Id, default);
        await Rejects("file.not-found", () => Read(file.Id));
    }

    [Theory]
    [InlineData(8 * 1024 * 1024)]
    [InlineData(20 * 1024 * 1024 + 3)]
    public async Task A_file_that_is_uploaded_in_parts_is_read_as_it_was_written(int size)
    {
        var content = Random(size);
        var file = await Put(content);
        Assert.Equal(content, await Read(file.Id));
        Assert.Single(Stored());
    }

    [Fact]
    public async Task Nothing_is_seen_of_an_upload_before_it_is_complete_nor_after_it_broke_off()
    {
        await using (var writer = await Store.Create(Workspace, new NewFile("a", null), default))
        {
            await writer.Write(Random(20 * 1024 * 1024), default);
            Assert.Empty(Stored());
        }

        Assert.Empty(Stored());
    }

    [Fact]
    public async Task Bytes_without_a_record_are_removed_after_an_hour_and_others_stay()
    {
        var (kept, orphan) = (await Put([1, 2, 3]), await Put([9]));
        await Host.Records.Delete(orphan.Id, default);
        await Host.Sweep.Run(Clock.GetUtcNow(), TimeSpan.FromDays(3), default);
        Assert.Equal(2, Stored().Count);
        for (var runs = 0; runs < 2; runs++)
        {
            Clock.Advance(TimeSpan.FromMinutes(61));
            await Host.Sweep.Run(Clock.GetUtcNow(), TimeSpan.FromDays(3), default);
        }

        Assert.Equal([PathOf(kept.Id)], Stored());
    }

    [Fact]
    public async Task A_prefix_without_a_slash_at_its_end_is_a_folder_of_the_bucket()
    {
        var prefix = $"p{Guid.NewGuid():n}";
        await using var host = await FileHost.Start(Fresh(), Clock, null, bucket: bucket.Settings(prefix));
        await host.Store.Write(Workspace, new NewFile("a", null, 1), new MemoryStream([1]), default);
        Assert.Single(bucket.Stored(prefix));
    }

    [Fact]
    public async Task A_host_that_has_another_part_of_the_bucket_says_so_and_stores_nothing()
    {
        var file = await Put([1]);
        await using var host = await FileHost.Start(Database, Clock, null, bucket: bucket.Settings($"other{Guid.NewGuid():n}/"));
        Assert.Equal("its bucket is not there", await host.Identity.Problem(default));
        await Assert.ThrowsAsync<FileStoreUnavailableException>(() => Read(host, file.Id));
        await Assert.ThrowsAsync<FileStoreUnavailableException>(() => host.Store.Create(Workspace, new NewFile("a", null), default));
        await Assert.ThrowsAsync<FileStoreUnavailableException>(() => host.Store.Delete(Workspace, file.Id, default));
        Assert.Equal([1], await Read(file.Id));
    }

    [Theory]
    [InlineData("Files:Bucket:Name", "no-such-bucket", "NoSuchBucket")]
    [InlineData("Files:Bucket:AccessKeyId", "unknown", "InvalidAccessKeyId")]
    [InlineData("Files:Bucket:Endpoint", "http://127.0.0.1:1", "HttpRequestException")]
    public async Task A_bucket_that_cannot_be_used_is_told_with_the_reason(string key, string value, string reason)
    {
        var settings = new Dictionary<string, string?>(bucket.Settings("x/")) { [key] = value };
        await using var host = await FileHost.Start(Database, Clock, null, bucket: settings);
        Assert.Equal($"its bucket cannot be used ({reason})", await host.Identity.Problem(default));
        Assert.DoesNotContain("S3RVER", host.Logs.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Files:Folder", "/tmp/files", "Set Files:Folder or Files:Bucket:Name, and not both.")]
    [InlineData("Files:Bucket:SecretAccessKey", null, "are required with Files:Bucket:Name.")]
    [InlineData("Files:Bucket:SecretAccessKey:File", "/no/such/file", "is given twice")]
    [InlineData("Files:Bucket:Endpoint", "storage.example.com", "must be an address")]
    public async Task Settings_that_contradict_one_another_are_refused(string key, string? value, string expected)
    {
        var settings = new Dictionary<string, string?>(bucket.Settings("x/")) { [key] = value };
        var refused = await Assert.ThrowsAnyAsync<Exception>(() => FileHost.Start(Database, Clock, null, bucket: settings));
        Assert.Contains(expected, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_of_the_secret_key_that_cannot_be_read_is_told()
    {
        var settings = new Dictionary<string, string?>(bucket.Settings("x/"))
        {
            ["Files:Bucket:SecretAccessKey"] = null,
            ["Files:Bucket:SecretAccessKey:File"] = "/no/such/file"
        };
        var refused = await Assert.ThrowsAnyAsync<Exception>(() => FileHost.Start(Database, Clock, null, bucket: settings));
        Assert.Contains("cannot be read", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_secret_key_may_be_in_a_file()
    {
        var secret = Path.Combine(Root, "secret");
        await File.WriteAllTextAsync(secret, "S3RVER\n", TestContext.Current.CancellationToken);
        var settings = new Dictionary<string, string?>(bucket.Settings("x/"))
        {
            ["Files:Bucket:SecretAccessKey"] = null,
            ["Files:Bucket:SecretAccessKey:File"] = secret
        };
        await using var host = await FileHost.Start(Database, Clock, null, bucket: settings);
        Assert.Equal("its bucket is not there", await host.Identity.Problem(default));
    }

    private VaultDatabase Fresh() => fresh ??= VaultDatabase.Sqlite(Path.Combine(Root, "fresh.db"));
}
