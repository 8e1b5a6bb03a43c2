using System.Globalization;
using Connections.Connectors.Files;
using Connections.Connectors.Guard;
using Files.Tests.Harness;
using TestServers;

namespace Files.Tests;

/// <summary>Buckets that other applications use too, and stores that fail or hang.</summary>
public sealed class BucketFaultTests
{
    private static readonly TimeSpan OneHour = TimeSpan.FromMinutes(61);

    [Fact]
    public async Task The_sweep_removes_nothing_of_other_applications_in_the_same_bucket()
    {
        await using var bucket = await ScriptedBucket.Start();
        var id = Guid.NewGuid();
        var (own, upload) = (ScriptedBucket.Key(id), ScriptedBucket.Key(Guid.NewGuid()));
        string[] foreign =
        [
            "videos/a.mp4", $"{id}", $"backups/{id}", $"backups/{own}", $"zz/{id}", $"{own}/{id}",
            $"{own[..3]}{id:n}", $"{own[..3]}{{{id}}}", $"{own[..3]}{id.ToString().ToUpperInvariant()}"
        ];
        bucket.Objects.AddRange([.. foreign, own]);
        bucket.Uploads.AddRange([.. foreign, upload]);
        await bucket.Sweep();
        await bucket.Sweep(OneHour);
        Assert.Equal(new[] { upload, upload, own }, bucket.Removed);
    }

    [Fact]
    public async Task Bytes_stay_until_two_runs_an_hour_apart_found_no_record_of_them()
    {
        await using var bucket = await ScriptedBucket.Start();
        var own = ScriptedBucket.Key(Guid.NewGuid());
        bucket.Objects.Add(own);
        await bucket.Sweep();
        await bucket.Sweep(TimeSpan.FromMinutes(59));
        Assert.Empty(bucket.Removed);
        await bucket.Sweep(TimeSpan.FromMinutes(1));
        Assert.Equal([own], bucket.Removed);
    }

    [Fact]
    public async Task Bytes_that_were_gone_in_between_count_as_new()
    {
        await using var bucket = await ScriptedBucket.Start();
        var own = ScriptedBucket.Key(Guid.NewGuid());
        bucket.Objects.Add(own);
        await bucket.Sweep();
        bucket.Objects.Clear();
        await bucket.Sweep(OneHour);
        bucket.Objects.Add(own);
        await bucket.Sweep(OneHour);
        Assert.Empty(bucket.Removed);
    }

    [Theory]
    [InlineData("GET uploadId")]
    [InlineData("DELETE uploadId")]
    public async Task An_upload_that_ended_meanwhile_does_not_stop_the_sweep(string kind)
    {
        await using var bucket = await ScriptedBucket.Start();
        string Fresh() => ScriptedBucket.Key(Guid.NewGuid());
        var (ended, lost, orphan) = (Fresh(), Fresh(), Fresh());
        bucket.Uploads.AddRange([ended, lost]);
        bucket.Objects.Add(orphan);
        bucket.Script = (asked, context) => asked == kind && context.Request.Path.Value!.EndsWith(ended, StringComparison.Ordinal)
            ? ScriptedBucket.Error(context, 404, "NoSuchUpload") : Task.FromResult(false);
        await bucket.Sweep();
        await bucket.Sweep(OneHour);
        Assert.Contains(lost, bucket.Removed);
        Assert.Contains(orphan, bucket.Removed);
    }

    [Fact]
    public async Task A_part_of_the_sweep_that_fails_does_not_stop_the_others()
    {
        await using var bucket = await ScriptedBucket.Start(
            (kind, context) => kind == "GET uploads" ? ScriptedBucket.Error(context, 403, "AccessDenied") : Task.FromResult(false));
        var orphan = ScriptedBucket.Key(Guid.NewGuid());
        bucket.Objects.Add(orphan);
        await Assert.ThrowsAsync<FileStoreUnavailableException>(() => bucket.Sweep());
        await Assert.ThrowsAsync<FileStoreUnavailableException>(() => bucket.Sweep(OneHour));
        Assert.Equal([orphan], bucket.Removed);
    }

    [Fact]
    public async Task A_file_whose_bytes_are_gone_can_be_deleted_where_the_store_answers_that_there_is_no_such_object()
    {
        await using var bucket = await ScriptedBucket.Start(
            (kind, context) => kind == "DELETE" ? ScriptedBucket.Error(context, 404, "NoSuchKey") : Task.FromResult(false));
        var file = await bucket.Host.Store.Write("default", new NewFile("a", null, 1), new MemoryStream([1]), default);
        await bucket.Host.Store.Delete("default", file.Id, default);
        Assert.Equal([ScriptedBucket.Key(file.Id)], bucket.Removed);
    }

    [Fact]
    public async Task A_store_that_knows_no_conditions_gets_the_identity_without_one()
    {
        await using var bucket = await ScriptedBucket.Start((kind, context) =>
            kind == "PUT store-id" && context.Request.Headers.IfNoneMatch.Count > 0 ? ScriptedBucket.Error(context, 501, "NotImplemented") : Task.FromResult(false));
        Assert.Null(await bucket.Host.Identity.Problem(default));
    }

    [Fact]
    public async Task A_response_that_stands_still_for_a_minute_is_requested_again()
    {
        const int Size = 100_000;
        var stalled = new TaskCompletionSource();
        await using var bucket = await ScriptedBucket.Start();
        bucket.Script = async (kind, context) =>
        {
            if (kind == "HEAD") context.Response.ContentLength = Size;
            if (kind != "GET") return kind == "HEAD";
            var from = int.Parse(context.Request.Headers.Range.ToString().Split('=', '-')[1], CultureInfo.InvariantCulture);
            (context.Response.StatusCode, context.Response.ContentLength) = (206, Size - from);
            if (from > 0)
            {
                await context.Response.Body.WriteAsync(new byte[Size - from]);
                return true;
            }

            await context.Response.Body.WriteAsync(new byte[10_000]);
            await context.Response.Body.FlushAsync();
            stalled.TrySetResult();
            var gone = new TaskCompletionSource();
            await using var registered = context.RequestAborted.Register(() => gone.TrySetResult());
            await gone.Task;
            return true;
        };
        using var bytes = await bucket.Host.Bytes.Open(Guid.NewGuid(), default);
        var read = bytes!.ReadAsync(new byte[Size], 0, default).AsTask();
        await stalled.Task.WaitAsync(TimeSpan.FromSeconds(30), TimeProvider.System, TestContext.Current.CancellationToken);
        await Until.Seen(
            () =>
            {
                bucket.Clock.Advance(TimeSpan.FromSeconds(20));
                return Task.FromResult(read.IsCompleted);
            },
            done => done, "the read is complete");
        Assert.Equal(Size, await read);
        Assert.NotEqual("bytes=0-", bucket.Requests[^1].Headers["Range"]);
    }

    [Fact]
    public async Task Uploads_that_have_sent_little_hold_little_memory_and_are_counted()
    {
        const int Uploads = 50;
        await using var bucket = await ScriptedBucket.Start();
        var (before, open) = (GC.GetTotalMemory(forceFullCollection: true), new List<IFileWriter>());
        for (var i = 0; i < Uploads; i++) open.Add(await bucket.Host.Store.Create("default", new NewFile("a", null), default));
        foreach (var writer in open) await writer.Write(new byte[100_000], default);
        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - before, long.MinValue, Uploads * 4L * 1024 * 1024);
        Assert.InRange(DescriptorBudget.Files.Open, Uploads, int.MaxValue);
        foreach (var writer in open) await writer.DisposeAsync();
    }
}
