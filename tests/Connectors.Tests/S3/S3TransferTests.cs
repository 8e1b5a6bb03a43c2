using System.Security.Cryptography;
using System.Text.Json;
using Connections.Connectors;
using Connections.Domain;
using Connectors.Tests.Transfers;
using Microsoft.AspNetCore.Http;

namespace Connectors.Tests.S3;

/// <summary>Transfers that break, and objects that change meanwhile.</summary>
public sealed class S3TransferTests
{
    private const int Large = 17 * 1024 * 1024;

    [Fact]
    public async Task A_read_that_breaks_goes_on_where_it_broke()
    {
        await using var amazon = await Start(1_000_000);
        await using var store = amazon.Store();
        amazon.Script = (kind, number, context) => kind == "GET" && number == 1 ? Part(amazon, context, 400_000) : Task.FromResult(false);
        var (content, _) = await store.Fetch("/a.bin");
        Assert.Equal(SHA256.HashData(amazon.Content), SHA256.HashData(content));
        Assert.Equal(2, amazon.Requests.Count);
        Assert.Equal(AmazonDouble.Tag, amazon.Requests[1].Headers["If-Match"]);
        Assert.StartsWith("bytes=", amazon.Requests[1].Headers["Range"], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("412")]
    [InlineData("whole")]
    [InlineData("other tag")]
    [InlineData("other range")]
    [InlineData("other size")]
    public async Task An_object_that_changes_while_it_is_read_is_not_stored(string change)
    {
        await using var amazon = await Start(1_000_000);
        await using var store = amazon.Store();
        amazon.Script = async (kind, number, context) =>
        {
            if (number % 2 == 1) return await Part(amazon, context, 400_000);
            if (change == "412") return await AmazonDouble.Error(context, 412, "PreconditionFailed");
            context.Response.StatusCode = change == "whole" ? 200 : 206;
            context.Response.Headers.ETag = change == "other tag" ? "\"tag-2\"" : AmazonDouble.Tag;
            var from = change == "other range" ? "0" : context.Request.Headers.Range.ToString().Split('=', '-')[1];
            if (change != "whole") context.Response.Headers.ContentRange = $"bytes {from}-999999/{(change == "other size" ? 2_000_000 : 1_000_000)}";
            await context.Response.Body.WriteAsync(new byte[1000]);
            return true;
        };
        var failed = await store.Fails("fetch-file", new { id = "/a.bin" });
        Assert.Equal((FailureKind.Unavailable, Delivered.No), (failed.Kind, failed.Delivered));
        Assert.Contains("changed", failed.Message, StringComparison.Ordinal);
        Assert.Empty(store.Files.Stored);
    }

    [Fact]
    public async Task A_part_that_fails_is_sent_again()
    {
        await using var amazon = await Start(0);
        await using var store = amazon.Store();
        amazon.Script = (kind, number, context) => (kind, number) switch
        {
            ("PUT partNumber", 2) => AmazonDouble.Error(context, 503, "SlowDown"),
            ("PUT partNumber", 4) => AmazonDouble.Break(context),
            _ => Task.FromResult(false)
        };
        await store.Upload("a.bin", RandomNumberGenerator.GetBytes(Large));
        Assert.Equal(
            ["POST uploads", .. Enumerable.Repeat("PUT partNumber", 5), "POST uploadId"], amazon.Kinds);
        Assert.Equal("*", amazon.Requests[^1].Headers["If-None-Match"]);
    }

    [Theory]
    [InlineData("AccessDenied", 403, FailureKind.Forbidden)]
    [InlineData("InvalidPart", 400, FailureKind.InvalidInput)]
    public async Task An_upload_that_fails_leaves_no_parts(string code, int status, FailureKind kind)
    {
        await using var amazon = await Start(0);
        await using var store = amazon.Store();
        amazon.Script = (asked, number, context) => asked == "PUT partNumber" && number == 2
            ? AmazonDouble.Error(context, status, code) : Task.FromResult(false);
        var file = await store.Files.Add("a.bin", RandomNumberGenerator.GetBytes(Large));
        Assert.Equal(kind, (await store.Fails("upload-file", new { file = new { id = file.Id } })).Kind);
        Assert.Equal("DELETE uploadId", amazon.Kinds.Last());
    }

    [Fact]
    public async Task An_upload_goes_on_from_the_parts_that_arrived()
    {
        await using var amazon = await Start(0);
        await using var store = amazon.Store();
        var file = await store.Files.Add("a.bin", RandomNumberGenerator.GetBytes(Large));
        (store.Stage, store.Files.BreaksOnceAt) = (new StageInMemory(), 10 * 1024 * 1024);
        await store.Done("upload-file", new { file = new { id = file.Id } });
        Assert.Equal(
            ["POST uploads", "PUT partNumber", "GET uploadId", "PUT partNumber", "PUT partNumber", "POST uploadId"], amazon.Kinds);
    }

    [Theory]
    [InlineData(true, 0)]
    [InlineData(false, 1)]
    public async Task An_upload_that_is_gone_is_compared_and_begun_anew(bool completed, int begun)
    {
        await using var amazon = await Start(0);
        await using var store = amazon.Store();
        var file = await store.Files.Add("a.bin", RandomNumberGenerator.GetBytes(Large));
        var stage = new StageInMemory();
        await stage.Save(
            JsonSerializer.SerializeToElement(new { upload = "up-0", bucket = "files", key = "a.bin", sha256 = file.Sha256, completing = false }),
            null, true, default);
        store.Stage = stage;
        amazon.Script = (kind, _, context) =>
        {
            if (kind == "GET uploadId") return AmazonDouble.Error(context, 404, "NoSuchUpload");
            if (kind != "HEAD") return Task.FromResult(false);
            if (!completed) context.Response.StatusCode = 404;
            else context.Response.ContentLength = Large;
            context.Response.Headers["x-amz-meta-sha256"] = file.Sha256;
            return Task.FromResult(true);
        };
        await store.Done("upload-file", new { file = new { id = file.Id } });
        Assert.Equal(begun, amazon.Kinds.Count(kind => kind == "POST uploads"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_upload_that_meets_an_object_compares_it(bool same)
    {
        await using var amazon = await Start(0);
        await using var store = amazon.Store();
        amazon.Script = (kind, _, context) =>
        {
            if (kind == "PUT") return AmazonDouble.Error(context, 412, "PreconditionFailed");
            context.Response.ContentLength = 3;
            context.Response.Headers.ETag = AmazonDouble.Tag;
            context.Response.Headers["x-amz-meta-sha256"] = Convert.ToHexStringLower(SHA256.HashData(same ? "abc"u8 : "xyz"u8));
            return Task.FromResult(true);
        };
        var result = await store.Run("upload-file", new { file = new { name = "a.txt", base64 = "YWJj" } });
        Assert.Equal(same, result is ConnectorResult.Done);
        if (!same) Assert.Equal(FailureKind.InvalidInput, ((ConnectorResult.Failed)result).Kind);
    }

    [Fact]
    public async Task An_upload_is_signed_with_the_hash_of_its_bytes()
    {
        await using var amazon = await Start(0);
        await using var store = amazon.Store();
        await store.Upload("a.txt", "abc"u8.ToArray());
        var put = amazon.Requests[^1];
        Assert.Equal((Convert.ToHexStringLower(SHA256.HashData("abc"u8)), "*"), (put.Headers["x-amz-content-sha256"], put.Headers["If-None-Match"]));
        Assert.DoesNotContain("aws-chunked", put.Headers.Values);
    }

    private static async Task<AmazonDouble> Start(int size)
    {
        var amazon = await AmazonDouble.Start();
        amazon.Content = RandomNumberGenerator.GetBytes(size);
        return amazon;
    }

    private static async Task<bool> Part(AmazonDouble amazon, HttpContext context, int length)
    {
        context.Response.Headers.ETag = AmazonDouble.Tag;
        context.Response.ContentLength = amazon.Content.Length;
        await context.Response.Body.WriteAsync(amazon.Content.AsMemory(0, length));
        await context.Response.Body.FlushAsync();
        // The client has to read the part before the connection breaks.
        await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System);
        context.Abort();
        return true;
    }
}
