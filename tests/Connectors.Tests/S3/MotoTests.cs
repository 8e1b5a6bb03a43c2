using System.Text.Json;
using Connections.Connectors;
using Connectors.Tests.Ocr;
using TestServers;

namespace Connectors.Tests.S3;

public sealed class MotoFixture : IAsyncLifetime
{
    public ObjectStoreServer? Server { get; private set; }

    public async ValueTask InitializeAsync() => Server = ObjectStoreServer.Moto is null ? null : await ObjectStoreServer.StartMoto();

    public ValueTask DisposeAsync() => Server?.DisposeAsync() ?? ValueTask.CompletedTask;
}

/// <summary>Moto also has STS, which tells whose key it is, and Textract.</summary>
public sealed class MotoTests : S3StoreContract, IClassFixture<MotoFixture>
{
    private const string Role = "arn:aws:iam::123456789012:role/files";

    public MotoTests(MotoFixture fixture)
    {
        Assert.SkipWhen(fixture.Server is null, "Moto is not installed");
        Address = fixture.Server!.Address;
    }

    protected override string Address { get; }

    [Fact]
    public async Task A_connection_test_recognises_the_user_of_a_key()
    {
        await using var amazon = new S3Store(new { bucket = ObjectStoreServer.Bucket }, Address);
        var probed = await amazon.Probe();
        Assert.Null(probed.Failure);
        Assert.Equal(("principal", "arn:aws:sts::123456789012:user/moto", ObjectStoreServer.Bucket), (
            probed.Account!.Basis,
            JsonDocument.Parse(probed.Account.Id!).RootElement[0].GetString(),
            JsonDocument.Parse(probed.Account.Id!).RootElement[1].GetString()));
    }

    [Fact]
    public async Task A_role_is_assumed_and_recognised_without_the_name_of_the_session()
    {
        await using var amazon = new S3Store(new { bucket = ObjectStoreServer.Bucket, roleArn = Role, externalId = "x-1" }, Address);
        await using var again = new S3Store(new { bucket = ObjectStoreServer.Bucket, roleArn = Role, externalId = "x-1" }, Address);
        var (first, second) = ((await amazon.Probe()).Account, (await again.Probe()).Account);
        Assert.Equal(first!.Id, second!.Id);
        Assert.Contains("assumed-role/files", first.Id, StringComparison.Ordinal);
        Assert.DoesNotContain("connections-", first.Id, StringComparison.Ordinal);
        var id = await amazon.Upload("by-role.txt", "abc"u8.ToArray());
        Assert.Equal("abc"u8.ToArray(), (await amazon.Fetch(id)).Content);
    }

    [Fact]
    public async Task Textract_reads_a_document_in_the_bucket_and_an_image_in_the_request()
    {
        var settings = new { endpoint = Address, bucket = ObjectStoreServer.Bucket };
        await using var textract = new TextractConnection(null, settings);
        Assert.Null((await textract.Probe()).Failure);
        Assert.IsType<ConnectorResult.Pending>(await textract.Run(TextractConnection.Pdf));
        Assert.Equal([$"/connections/extract-text/{textract.Token}"], await Store.List(new { folder = "/connections/extract-text" }));
        Assert.Equal("", (await textract.Done(TextractConnection.Pdf)).GetProperty("text").GetString()); // Moto reads nothing
        Assert.Empty(await Store.List(new { folder = "/connections/extract-text" }));

        await using var image = new TextractConnection(null, settings);
        Assert.Equal("", (await image.Done(TextractConnection.Png)).GetProperty("text").GetString());
    }

    [Fact]
    public async Task A_folder_is_listed_page_by_page()
    {
        foreach (var name in (string[])["a", "b", "c", "d/e"]) await Store.Upload(name.Split('/')[^1], "x"u8.ToArray(), name == "d/e" ? "/pages/d" : "/pages");
        var found = new List<string>();
        string? cursor = null;
        do
        {
            var page = await Store.Done("list-files", cursor is null ? new { folder = "/pages", limit = 2 } : new { folder = "/pages", limit = 2, cursor });
            found.AddRange(page.GetProperty("files").EnumerateArray().Select(f => f.GetProperty("id").GetString()!));
            cursor = page.TryGetProperty("next", out var next) ? next.GetString() : null;
        }
        while (cursor is not null);
        Assert.Equal(["/pages/a", "/pages/b", "/pages/c", "/pages/d/"], found.Order(StringComparer.Ordinal));
    }
}
