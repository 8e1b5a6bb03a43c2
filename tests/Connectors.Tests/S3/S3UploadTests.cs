using System.Security.Cryptography;
using System.Text.Json;
using Connections.Connectors.Files;
using Connections.Domain;
using Connectors.Tests.Transfers;
using EventSourcing;

namespace Connectors.Tests.S3;

/// <summary>Uploads that are repeated, refused, or go on with few rights.</summary>
public sealed class S3UploadTests
{
    private const int Large = 17 * 1024 * 1024;

    private static readonly object Small = new { name = "a.txt", base64 = "YWJj" };

    [Theory]
    [InlineData(300, true)]
    [InlineData(1024, true)]
    [InlineData(1025, false)]
    public async Task A_long_name_comes_back_the_same_or_is_rejected_in_words(int length, bool taken)
    {
        await using var amazon = await AmazonDouble.Start();
        await using var store = amazon.Store();
        var input = new { name = new string('n', length), file = Small };
        if (taken) Assert.Equal(input.name, (await store.Done("upload-file", input)).GetProperty("name").GetString());
        else Assert.Contains("longer than 1024 bytes", (await store.Fails("upload-file", input)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false, true)]
    [InlineData(true, false)]
    public async Task An_upload_without_an_answer_is_repeated_only_if_it_replaces(bool replace, bool once)
    {
        await using var amazon = await AmazonDouble.Start();
        await using var store = amazon.Store();
        amazon.Script = (kind, _, context) => kind == "PUT" ? AmazonDouble.Break(context) : Task.FromResult(false);
        var failed = await store.Fails("upload-file", new { file = Small, replace });
        Assert.Equal((FailureKind.Unavailable, Delivered.Maybe), (failed.Kind, failed.Delivered));
        Assert.Equal(once, amazon.Kinds.Count(kind => kind == "PUT") == 1);
    }

    [Theory]
    [InlineData(403, FailureKind.Internal, Delivered.Maybe)]
    [InlineData(404, FailureKind.InvalidInput, Delivered.No)]
    public async Task An_object_that_may_not_be_read_may_be_that_of_an_earlier_attempt(int status, FailureKind kind, Delivered delivered)
    {
        await using var amazon = await AmazonDouble.Start();
        await using var store = amazon.Store();
        amazon.Script = (asked, _, context) =>
        {
            if (asked == "PUT") return AmazonDouble.Error(context, 412, "PreconditionFailed");
            context.Response.StatusCode = status;
            return Task.FromResult(asked == "HEAD");
        };
        var failed = await store.Fails("upload-file", new { file = Small });
        Assert.Equal((kind, delivered), (failed.Kind, failed.Delivered));
        Assert.Equal(["PUT", "HEAD"], amazon.Kinds);
    }

    [Theory]
    [InlineData(403, "AccessDenied")]
    [InlineData(405, "MethodNotAllowed")]
    [InlineData(501, "NotImplemented")]
    public async Task An_upload_whose_parts_may_not_be_listed_is_removed_and_begun_anew(int status, string code)
    {
        await using var amazon = await AmazonDouble.Start();
        await using var store = amazon.Store();
        var file = await store.Files.Add("a.bin", RandomNumberGenerator.GetBytes(Large));
        store.Stage = await Begun(file);
        amazon.Script = (kind, _, context) =>
        {
            if (kind == "GET uploadId") return AmazonDouble.Error(context, status, code);
            context.Response.StatusCode = kind == "HEAD" ? 404 : 200;
            return Task.FromResult(kind == "HEAD");
        };
        await store.Done("upload-file", new { file = new { id = file.Id } });
        Assert.Equal(["GET uploadId", "DELETE uploadId", "HEAD", "POST uploads"], amazon.Kinds.Take(4));
        Assert.Contains("uploadId=up-0", amazon.Requests[1].Target, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_rejected_key_does_not_give_up_an_upload()
    {
        await using var amazon = await AmazonDouble.Start();
        await using var store = amazon.Store();
        var file = await store.Files.Add("a.bin", RandomNumberGenerator.GetBytes(Large));
        store.Stage = await Begun(file);
        amazon.Script = (_, _, context) => AmazonDouble.Error(context, 403, "SignatureDoesNotMatch");
        Assert.Equal(FailureKind.ReauthRequired, (await store.Fails("upload-file", new { file = new { id = file.Id } })).Kind);
        Assert.Equal(["GET uploadId"], amazon.Kinds);
    }

    [Fact]
    public async Task The_parts_of_an_upload_are_removed_when_another_object_has_taken_its_name()
    {
        await using var amazon = await AmazonDouble.Start();
        await using var store = new S3Store(new { endpoint = amazon.Address, bucket = "files" });
        var file = await store.Files.Add("a.bin", RandomNumberGenerator.GetBytes(Large));
        store.Stage = await Begun(file);
        amazon.Script = (kind, _, context) =>
        {
            if (kind == "HEAD") context.Response.ContentLength = 3;
            return Task.FromResult(kind == "HEAD");
        };
        Assert.Equal(FailureKind.InvalidInput, (await store.Fails("upload-file", new { file = new { id = file.Id } })).Kind);
        Assert.Equal(["HEAD", "DELETE uploadId"], amazon.Kinds);
    }

    [Theory]
    [InlineData(true, 0)]
    [InlineData(false, 1)]
    public async Task The_parts_stay_while_the_file_store_fails_and_not_when_it_refuses_the_file(bool passes, int removed)
    {
        await using var amazon = await AmazonDouble.Start();
        await using var store = amazon.Store();
        var file = await store.Files.Add("a.bin", RandomNumberGenerator.GetBytes(Large));
        (store.Stage, store.Files.BreaksOnceAt) = (new StageInMemory(), 10 * 1024 * 1024);
        store.Files.Fault = passes
            ? new FileStoreUnavailableException("The bucket failed.") : new RejectedException("file.unreadable", "It cannot be read.");
        await store.Run("upload-file", new { file = new { id = file.Id } });
        Assert.Equal(removed, amazon.Kinds.Count(kind => kind == "DELETE uploadId"));
    }

    private static async Task<StageInMemory> Begun(StoredFile file)
    {
        var stage = new StageInMemory();
        var state = JsonSerializer.SerializeToElement(
            new { upload = "up-0", bucket = "files", key = "a.bin", sha256 = file.Sha256, completing = false });
        await stage.Save(state, null, resumable: true, default);
        return stage;
    }
}
