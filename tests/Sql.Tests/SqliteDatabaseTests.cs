using EventSourcing.Sql;

namespace Sql.Tests;

public sealed class SqliteDatabaseTests() : DatabaseContract(new SqliteFile())
{
    [Fact]
    public async Task Uncommitted_changes_are_rolled_back()
    {
        await Execute("CREATE TABLE things (id INTEGER)");
        await using (var write = await Database.BeginWrite(Ct))
        {
            await using var command = write.Connection.CreateCommand();
            (command.CommandText, command.Transaction) = ("INSERT INTO things VALUES (1)", write.Transaction);
            await command.ExecuteNonQueryAsync(Ct);
        }

        Assert.Equal(0, await Scalar<long>("SELECT count(*) FROM things"));
    }

    [Fact]
    public async Task Writers_take_turns()
    {
        await Execute("CREATE TABLE things (id INTEGER)");
        await Task.WhenAll(Enumerable.Range(0, 50).Select(n => Task.Run(() => Execute("INSERT INTO things VALUES (@n)", new { n }))));

        Assert.Equal(50, await Scalar<long>("SELECT count(DISTINCT id) FROM things"));
    }

    [Fact]
    public async Task A_writer_that_is_cancelled_while_waiting_does_not_block_others()
    {
        using var cancelled = new CancellationTokenSource();
        await using (await Database.BeginWrite(Ct))
        {
            var waiting = Database.BeginWrite(cancelled.Token).AsTask();
            await cancelled.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        }

        await Execute("CREATE TABLE things (id INTEGER)");
    }

    [Fact]
    public async Task A_damaged_file_that_the_log_can_rebuild_may_be_deleted()
    {
        var folder = Directory.CreateTempSubdirectory("sql-").FullName;
        var path = Path.Combine(folder, "rows.db");
        await using (var whole = new SqliteDatabase(path, SqliteDurability.Rebuildable))
            await new Migrations("part", "CREATE TABLE things (id INTEGER)").Apply(whole, Ct);
        await using (var file = new FileStream(path, FileMode.Open))
        {
            file.Position = 100;
            file.Write(Enumerable.Repeat((byte)0xA5, 3000).ToArray());
        }

        await using var database = new SqliteDatabase(path, SqliteDurability.Rebuildable);

        var refused = await Assert.ThrowsAsync<SqliteFileException>(async () => await database.BeginWrite(Ct));

        Assert.Equal(SqliteFault.Corrupt, refused.Fault);
        Assert.Contains("The next start rebuilds it from the log", refused.Message, StringComparison.Ordinal);
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task A_file_that_is_not_SQLite_is_rejected_by_name()
    {
        var path = Path.GetTempFileName();
        await File.WriteAllTextAsync(path, new string('x', 8192), Ct);
        await using var database = new SqliteDatabase(path, SqliteDurability.Full);

        var refused = await Assert.ThrowsAsync<SqliteFileException>(async () => await database.BeginWrite(Ct));

        Assert.Equal((SqliteFault.Foreign, path), (refused.Fault, refused.Path));
        File.Delete(path);
    }
}
