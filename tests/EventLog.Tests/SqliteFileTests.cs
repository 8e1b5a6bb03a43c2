using System.Text;
using EventSourcing;
using EventSourcing.Sql;
using Microsoft.Data.Sqlite;

namespace EventLog.Tests;

/// <summary>Files that cannot be used are refused by name, and are left as they are.</summary>
public sealed class SqliteFileTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly CancellationTokenSource deadline = new(TimeSpan.FromSeconds(60), TimeProvider.System);

    private string Path => folder.File("events.db");

    private CancellationToken Ct => deadline.Token;

    public void Dispose()
    {
        deadline.Dispose();
        folder.Dispose();
    }

    [Fact]
    public async Task What_was_answered_is_there_after_the_log_was_opened_again()
    {
        await Fill("s-1", 3);
        using var log = Open();

        Assert.Equal([0L, 1, 2], (await log.Read("s-1", Ct)).Events.Select(e => e.Revision));
        Assert.Equal(3, await log.Head(Ct));
        Assert.Equal(4, (await log.Append("s-1", 2, [Event()], Ct)).Position);
    }

    [Fact]
    public async Task Positions_count_from_one_without_gaps_and_conflicts_take_none()
    {
        using var log = Open();
        var appends = Enumerable.Range(0, 200).Select(n => Task.Run(() => log.Append($"s-{n / 2}", Revision.NoStream, [Event(), Event()], Ct)));
        var answers = await Task.WhenAll(appends.Select(async a => await a.ContinueWith(t => t.IsCompletedSuccessfully, TaskScheduler.Default)));

        Assert.Equal(100, answers.Count(a => a));
        Assert.Equal(200, await log.Head(Ct));
        Assert.Equal(Enumerable.Range(1, 200).Select(n => (long)n), (await All(log)).Select(e => e.Position));
    }

    [Fact]
    public async Task A_position_is_not_given_again_after_the_end_was_removed_and_the_log_opened_again()
    {
        await Fill("s-1", 3);
        using (var log = Open()) await log.Remove("s-1", Ct);
        using var again = Open();

        Assert.Equal(3, await again.Head(Ct));
        Assert.Equal(4, (await again.Append("s-2", Revision.NoStream, [Event()], Ct)).Position);
    }

    [Fact]
    public async Task A_subscriber_far_behind_reads_the_file_and_then_the_memory()
    {
        using var log = Open();
        for (var n = 0; n < 10; n++) await log.Append($"s-{n}", Revision.NoStream, [.. Enumerable.Range(0, 1000).Select(_ => Event())], Ct);

        Assert.Equal(Enumerable.Range(1, 10_000).Select(n => (long)n), (await All(log)).Select(e => e.Position));
    }

    [Fact]
    public async Task A_reader_from_another_log_is_told_so()
    {
        using var log = Open();
        await Assert.ThrowsAsync<InvalidOperationException>(async () =>
        {
            await foreach (var _ in log.Subscribe([], 5, Ct))
            {
            }
        });
    }

    [Fact]
    public async Task A_closed_log_refuses_and_ends_its_subscriptions()
    {
        var log = Open();
        var subscription = log.Subscribe([], Position.Start, Ct).GetAsyncEnumerator(Ct);
        Assert.True(await subscription.MoveNextAsync());
        var waiting = subscription.MoveNextAsync().AsTask();

        log.Dispose();

        await Assert.ThrowsAsync<ObjectDisposedException>(() => waiting);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => log.Append("s-1", Revision.NoStream, [Event()], Ct));
        await Assert.ThrowsAsync<ObjectDisposedException>(() => log.Read("s-1", Ct));
        await subscription.DisposeAsync();
    }

    [Fact]
    public void A_file_that_is_not_SQLite_is_refused()
    {
        File.WriteAllText(Path, new string('x', 10_000));

        Refused(SqliteFault.Foreign, "is not a SQLite file");
        Assert.Equal(new string('x', 10_000), File.ReadAllText(Path));
    }

    [Fact]
    public void A_short_text_file_is_refused()
    {
        File.WriteAllText(Path, "hello");
        Refused(SqliteFault.Foreign, "is not a SQLite file");
    }

    [Fact]
    public void A_SQLite_file_of_another_program_is_refused()
    {
        Sql("CREATE TABLE songs (title TEXT)");
        Refused(SqliteFault.Foreign, "of another program");
    }

    [Fact]
    public void A_SQLite_file_marked_by_another_program_is_refused()
    {
        Sql("PRAGMA application_id = 42");
        Refused(SqliteFault.Foreign, "of another program");
    }

    [Fact]
    public async Task A_file_of_a_newer_program_is_refused()
    {
        await Fill("s-1", 1);
        Sql("PRAGMA user_version = 2");
        Refused(SqliteFault.Newer, "has version 2, this program knows 1");
    }

    [Fact]
    public async Task A_torn_file_is_refused()
    {
        await Fill("s-1", 500);
        using (var file = new FileStream(Path, FileMode.Open)) file.SetLength(file.Length / 2);

        Refused(SqliteFault.Corrupt, "restore the file");
    }

    [Fact]
    public async Task A_damaged_page_is_refused()
    {
        await Fill("s-1", 500);
        Damage(fromPage: 4);

        Refused(SqliteFault.Corrupt, "is damaged");
    }

    [Fact]
    public async Task A_page_damaged_under_way_is_found_when_it_is_read()
    {
        await Fill("s-1", 500);
        using var log = Open();
        Damage(fromPage: 4);

        var refused = await Assert.ThrowsAsync<SqliteFileException>(() => log.Read("s-1", Ct));

        Assert.Equal(SqliteFault.Corrupt, refused.Fault);
    }

    [Fact]
    public async Task A_file_that_may_not_be_written_is_refused()
    {
        await Fill("s-1", 1);
        File.SetAttributes(Path, FileAttributes.ReadOnly);
        Assert.SkipWhen(MayWrite(), "This user may write to read-only files.");

        Refused(SqliteFault.ReadOnly, "may not be written to");
    }

    [Fact]
    public async Task A_large_append_to_a_full_file_fails_whole_and_later_ones_succeed_when_there_is_room()
    {
        using var log = SqliteEventLog.Open(Path, TimeProvider.System, mostPages: 60);
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
    public async Task Beside_an_append_too_large_for_the_disk_the_small_ones_go_on()
    {
        using var log = SqliteEventLog.Open(Path, TimeProvider.System, mostPages: 60);

        var small = Enumerable.Range(0, 50).Select(n => Task.Run(() => log.Append($"s-{n}", Revision.NoStream, [Event()], Ct))).ToArray();
        var large = Task.Run(() => log.Append("s-large", Revision.NoStream, [Event(400_000)], Ct));

        await Assert.ThrowsAsync<SqliteFileException>(() => large);
        await Task.WhenAll(small);
        Assert.Equal(50, await log.Head(Ct));
    }

    private static NewEvent Event(int size = 100) =>
        new(Guid.CreateVersion7(), "happened", Encoding.UTF8.GetBytes(new string('d', size)), "{}"u8.ToArray());

    private SqliteEventLog Open() => SqliteEventLog.Open(Path, TimeProvider.System);

    private async Task Fill(string stream, int events)
    {
        using var log = Open();
        await log.Append(stream, Revision.NoStream, [.. Enumerable.Range(0, events).Select(_ => Event())], Ct);
    }

    private async Task<List<RecordedEvent>> All(SqliteEventLog log)
    {
        var events = new List<RecordedEvent>();
        await foreach (var batch in log.Subscribe([], Position.Start, Ct))
        {
            events.AddRange(batch.Events);
            if (batch.CaughtUp) break;
        }

        return events;
    }

    private void Refused(SqliteFault fault, string why)
    {
        var refused = Assert.Throws<SqliteFileException>(Open);
        Assert.Equal((fault, Path), (refused.Fault, refused.Path));
        Assert.Contains(Path, refused.Message, StringComparison.Ordinal);
        Assert.Contains(why, refused.Message, StringComparison.Ordinal);
    }

    private void Sql(string sql)
    {
        using var connection = new SqliteConnection($"Data Source={Path};Pooling=False");
        connection.Open();
        using var command = new SqliteCommand(sql, connection);
        command.ExecuteNonQuery();
    }

    private void Damage(int fromPage)
    {
        using var file = new FileStream(Path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        file.Position = (fromPage - 1) * 4096L;
        file.Write(Enumerable.Repeat((byte)0xA5, (int)(file.Length - file.Position)).ToArray());
    }

    private bool MayWrite()
    {
        try
        {
            using var file = new FileStream(Path, FileMode.Open, FileAccess.Write);
            return true;
        }
        catch (UnauthorizedAccessException)
        {
            return false;
        }
    }
}
