using EndToEnd.Tests.Harness;
using TestServers;

namespace EndToEnd.Tests.Durability;

/// <summary>A kill keeps what was written, a power failure only what is on disk. These tests therefore watch the sync calls.</summary>
public sealed class DurabilityTests
{
    private const string Log = "log.db-wal";
    private const string Vault = "vault.db-wal";
    private const string Created = "HTTP/1.1 201 Created";

    [Fact]
    public async Task Acknowledged_data_is_on_disk_and_a_secret_is_before_the_event_that_names_it()
    {
        Assert.SkipUnless(SystemCalls.Available, "strace is not installed");
        const int Many = 5;
        using var folder = new DataFolder();
        using var records = new DataFolder();
        var record = Path.Combine(records.Path, "calls");
        await using (var service = await StandaloneProcess.StartWatched(folder.Path, SystemCalls.RecordedIn(record)))
        {
            // Their effects write neither to the log nor to the vault.
            for (var n = 1; n <= Many; n++) (await service.Api.Post("/api/connections", Connection(n))).Is(201);
            await service.Stop();
        }

        var calls = SystemCalls.Read(record);
        await Until.Holds(() => (calls = SystemCalls.Read(record)).Count(c => c.Says(Created)) == Many, "all is recorded");
        var previous = 0;
        foreach (var answer in calls.Where(c => c.Says(Created)))
        {
            var before = calls.Where(c => c.Begun > previous && c.Begun < answer.Begun).ToList();
            var kept = LastSynced(before, Vault, answer.Begun);
            var appended = LastSynced(before, Log, answer.Begun);
            Assert.True(kept.Synced < appended.Written, "The event was written before its secret was on disk.");
            previous = answer.Begun;
        }
    }

    private static (int Written, int Synced) LastSynced(List<SystemCall> before, string file, int answered)
    {
        var written = before.FindLast(c => c.IsWriteTo(file));
        Assert.True(written is not null, $"Nothing was written to {file}.");
        var synced = before.Find(c => c.SyncsFile(file) && c.Begun > written.Ended && c.Ended < answered);
        Assert.True(synced is not null, $"{file} was not synced between its last write and the answer: {written}");
        return (written.Begun, synced.Ended);
    }

    private static object Connection(int n) => new
    {
        id = Guid.NewGuid(),
        connector = "http",
        name = $"on disk {n}",
        settings = new { baseUrl = "http://127.0.0.1:9", auth = "basic" },
        credentials = new { username = $"user-{n}", password = "secret" },
        skipTest = true
    };
}
