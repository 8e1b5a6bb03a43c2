using System.Security.Cryptography;

namespace Files.Tests.Activities;

[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class LargeFiles
{
    public const string Name = "Large files: memory is measured, so nothing else runs";
}

/// <summary>A file passes through the process in parts, whatever its size.</summary>
[Collection(LargeFiles.Name)]
public sealed class LargeFileTests : ActivityContract
{
    private const int Parts = 1600;
    private const long MemoryLimit = 48 * 1024 * 1024;

    private static readonly byte[] Part = RandomNumberGenerator.GetBytes(64 * 1024);

    [Fact]
    public async Task A_file_of_100_MiB_is_fetched_and_sent_with_little_memory()
    {
        Server.Answer = async context =>
        {
            if (context.Request.Method == "POST")
            {
                await Json(context, 200, """{"ok":true}""");
                return;
            }

            context.Response.ContentLength = (long)Parts * Part.Length;
            for (var i = 0; i < Parts; i++) await context.Response.Body.WriteAsync(Part);
        };
        // The first call loads code, and does not count.
        var small = await Put(Random(1_000_000));
        await Succeeds(Run("send", new { file = new { id = small.Id } }));

        var peak = await Peak(async () =>
        {
            var output = await Succeeds(Run("fetch-file", new { id = "1" }));
            var id = output.GetProperty("file").GetProperty("id").GetGuid();
            await Succeeds(Run("send", new { file = new { id } }));
        });
        var sent = Server.Requests.Last();
        Assert.Equal((long)Parts * Part.Length, sent.Size);
        Assert.Equal(Hash(), sent.Sha256);
        Assert.True(peak < MemoryLimit, $"The transfers took {peak / 1024 / 1024} MB of memory.");
    }

    private static string Hash()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        for (var i = 0; i < Parts; i++) hash.AppendData(Part);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static async Task<long> Peak(Func<Task> work)
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        var before = Environment.WorkingSet;
        var peak = before;
        using var ended = new CancellationTokenSource();
        var watching = Task.Run(async () =>
        {
            while (!ended.IsCancellationRequested)
            {
                peak = Math.Max(peak, Environment.WorkingSet);
                await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System);
            }
        });
        await work();
        await ended.CancelAsync();
        await watching;
        return peak - before;
    }
}
