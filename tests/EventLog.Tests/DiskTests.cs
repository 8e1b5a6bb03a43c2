using EventSourcing;
using EventSourcing.Sql;

namespace EventLog.Tests;

public sealed class DiskTests : SqliteFolder
{
    [Fact]
    public async Task A_full_disk_fails_the_append_and_is_used_again_when_there_is_space()
    {
        using var disk = SmallDisk.Mount(Folder);
        Assert.SkipWhen(disk is null, "This user may not mount a small disk.");
        var filler = System.IO.Path.Combine(disk.Path, "filler");
        await File.WriteAllBytesAsync(filler, new byte[2 << 20], Ct);
        using var log = SqliteEventLog.Open(System.IO.Path.Combine(disk.Path, "events.db"), TimeProvider.System);
        var (appended, e) = (0L, Event());
        var full = await Assert.ThrowsAsync<SqliteFileException>(async () =>
        {
            for (; ; appended++) await log.Append($"s-{appended}", Revision.NoStream, [e = Event(20_000)], Ct);
        });
        Assert.Equal(SqliteFault.Full, full.Fault);
        Assert.Equal(appended, await log.Head(Ct));

        File.Delete(filler);

        Assert.Equal(appended + 1, (await log.Append($"s-{appended}", Revision.NoStream, [e], Ct)).Position);
        Assert.Equal(Enumerable.Range(1, (int)appended + 1).Select(n => (long)n), (await All(log)).Select(r => r.Position));
    }

    [Fact]
    public async Task A_read_only_disk_is_rejected()
    {
        using var disk = SmallDisk.Mount(Folder);
        Assert.SkipWhen(disk is null, "This user may not mount a small disk.");
        var path = System.IO.Path.Combine(disk.Path, "events.db");
        using (var log = SqliteEventLog.Open(path, TimeProvider.System)) await log.Append("s-1", Revision.NoStream, [Event()], Ct);
        disk.MakeReadOnly();

        var refused = Assert.Throws<SqliteFileException>(() => SqliteEventLog.Open(path, TimeProvider.System));

        Assert.Equal((SqliteFault.ReadOnly, path), (refused.Fault, refused.Path));
    }

    [Fact]
    public async Task A_large_append_to_a_full_file_fails_completely_and_later_ones_succeed_when_there_is_space()
    {
        using var log = SqliteEventLog.Open(Path, TimeProvider.System, maxPages: 60);
        await log.Append("s-old", Revision.NoStream, [Event(150_000)], Ct);

        var full = await Assert.ThrowsAsync<SqliteFileException>(
            () => log.Append("s-new", Revision.NoStream, [Event(), Event(150_000)], Ct));

        Assert.Equal((SqliteFault.Full, Path), (full.Fault, full.Path));
        Assert.Contains("the disk is full", full.Message, StringComparison.Ordinal);
        Assert.Equal(Revision.NoStream, (await log.Read("s-new", Ct)).Revision);
        Assert.Equal(1, await log.Head(Ct));
        await log.Append("s-small", Revision.NoStream, [Event()], Ct);
        await log.Remove("s-old", Ct);
        Assert.Equal(new Appended(1, 4), await log.Append("s-new", Revision.NoStream, [Event(), Event(150_000)], Ct));
    }

    [Fact]
    public async Task Small_appends_succeed_beside_one_that_is_too_large_for_the_disk()
    {
        using var log = SqliteEventLog.Open(Path, TimeProvider.System, maxPages: 60);

        var small = Enumerable.Range(0, 50).Select(n => Task.Run(() => log.Append($"s-{n}", Revision.NoStream, [Event()], Ct))).ToArray();
        var large = Task.Run(() => log.Append("s-large", Revision.NoStream, [Event(400_000)], Ct));

        await Assert.ThrowsAsync<SqliteFileException>(() => large);
        await Task.WhenAll(small);
        Assert.Equal(50, await log.Head(Ct));
    }
}
