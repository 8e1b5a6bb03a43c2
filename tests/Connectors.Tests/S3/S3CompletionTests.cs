using System.Security.Cryptography;
using System.Text.Json;
using Connections.Domain;
using Connectors.Tests.Transfers;

namespace Connectors.Tests.S3;

/// <summary>The completion of an upload in parts, whose answer can be lost.</summary>
public sealed class S3CompletionTests
{
    private const int Large = 17 * 1024 * 1024;

    [Fact]
    public async Task A_completion_that_fails_within_a_good_status_is_repeated()
    {
        await using var amazon = await AmazonDouble.Start();
        await using var store = amazon.Store();
        amazon.Script = (kind, number, context) => kind == "POST uploadId" && number < 3
            ? AmazonDouble.Error(context, 200, "InternalError") : Task.FromResult(false);
        await store.Upload("a.bin", RandomNumberGenerator.GetBytes(Large));
        Assert.Equal(3, amazon.Kinds.Count(kind => kind == "POST uploadId"));
        Assert.DoesNotContain("DELETE uploadId", amazon.Kinds);
    }

    [Fact]
    public async Task A_completion_whose_answer_is_lost_is_recognised_by_the_object()
    {
        var content = RandomNumberGenerator.GetBytes(Large);
        await using var amazon = await AmazonDouble.Start();
        await using var store = amazon.Store();
        amazon.Script = (kind, number, context) =>
        {
            if (kind == "POST uploadId")
                return number == 1 ? AmazonDouble.Break(context) : AmazonDouble.Error(context, 404, "NoSuchUpload");
            if (kind != "HEAD") return Task.FromResult(false);
            context.Response.ContentLength = Large;
            context.Response.Headers.ETag = AmazonDouble.Tag;
            context.Response.Headers["x-amz-meta-sha256"] = Convert.ToHexStringLower(SHA256.HashData(content));
            return Task.FromResult(true);
        };
        Assert.Equal("/a.bin", await store.Upload("a.bin", content));
        Assert.Single(amazon.Kinds, "POST uploads");
    }

    [Theory]
    [InlineData(404, "NoSuchUpload")]
    [InlineData(412, "PreconditionFailed")]
    public async Task A_completion_without_an_answer_whose_object_is_gone_ends_unknown(int status, string code)
    {
        await using var amazon = await AmazonDouble.Start();
        await using var store = amazon.Store();
        store.Stage = new StageInMemory();
        amazon.Script = (kind, number, context) =>
        {
            if (kind == "POST uploadId")
                return number == 1 ? AmazonDouble.Break(context) : AmazonDouble.Error(context, status, code);
            context.Response.StatusCode = kind == "HEAD" ? 404 : 200;
            return Task.FromResult(kind == "HEAD");
        };
        var file = await store.Files.Add("a.bin", RandomNumberGenerator.GetBytes(Large));
        var failed = await store.Fails("upload-file", new { file = new { id = file.Id } });
        Assert.Equal((FailureKind.Internal, Delivered.Maybe), (failed.Kind, failed.Delivered));
        Assert.Contains("moved away", failed.Message, StringComparison.Ordinal);
        Assert.True(store.Stage.Current!.Value.GetProperty("completing").GetBoolean());
        Assert.Single(amazon.Kinds, "POST uploads");
    }

    [Fact]
    public async Task An_upload_that_replaces_begins_anew_after_a_completion_without_an_answer()
    {
        await using var amazon = await AmazonDouble.Start();
        await using var store = amazon.Store();
        store.Stage = new StageInMemory();
        amazon.Script = (kind, number, context) =>
        {
            if (kind == "POST uploadId" && number == 1) return AmazonDouble.Break(context);
            if ((kind == "POST uploadId" && number == 2) || (kind == "GET uploadId" && number == 1))
                return AmazonDouble.Error(context, 404, "NoSuchUpload");
            context.Response.StatusCode = kind == "HEAD" ? 404 : 200;
            return Task.FromResult(kind == "HEAD");
        };
        var file = await store.Files.Add("a.bin", RandomNumberGenerator.GetBytes(Large));
        await store.Done("upload-file", new { file = new { id = file.Id }, replace = true });
        Assert.Equal(2, amazon.Kinds.Count(kind => kind == "POST uploads"));
    }

    [Theory]
    [InlineData(404, "NoSuchUpload")]
    [InlineData(403, "AccessDenied")]
    [InlineData(501, "NotImplemented")]
    public async Task A_worker_that_was_killed_at_the_completion_leaves_no_upload_that_is_begun_anew(int status, string code)
    {
        await using var amazon = await AmazonDouble.Start();
        await using var store = amazon.Store();
        var (file, stage) = (await store.Files.Add("a.bin", RandomNumberGenerator.GetBytes(Large)), new StageInMemory());
        await stage.Save(
            JsonSerializer.SerializeToElement(new { upload = "up-0", bucket = "files", key = "a.bin", sha256 = file.Sha256, completing = true }),
            null, true, default);
        store.Stage = stage;
        amazon.Script = (kind, _, context) =>
        {
            if (kind == "GET uploadId") return AmazonDouble.Error(context, status, code);
            context.Response.StatusCode = kind == "HEAD" ? 404 : 200;
            return Task.FromResult(kind == "HEAD");
        };
        var failed = await store.Fails("upload-file", new { file = new { id = file.Id } });
        Assert.Equal((FailureKind.Internal, Delivered.Maybe), (failed.Kind, failed.Delivered));
        Assert.DoesNotContain("POST uploads", amazon.Kinds);
    }
}
