using EventSourcing.Sql;
using Microsoft.Data.Sqlite;

namespace EventLog.Tests;

/// <summary>Files that cannot be used are rejected by name and left unchanged.</summary>
public sealed class SqliteFileTests : SqliteFolder
{
    [Fact]
    public void A_file_that_is_not_SQLite_is_rejected()
    {
        File.WriteAllText(Path, new string('x', 10_000));

        Refused(SqliteFault.Foreign, "is not a SQLite file");
        Assert.Equal(new string('x', 10_000), File.ReadAllText(Path));
    }

    [Fact]
    public void A_short_text_file_is_rejected()
    {
        File.WriteAllText(Path, "hello");
        Refused(SqliteFault.Foreign, "is not a SQLite file");
    }

    [Fact]
    public void A_SQLite_file_of_another_program_is_rejected()
    {
        Sql("CREATE TABLE songs (title TEXT)");
        Refused(SqliteFault.Foreign, "of another program");
    }

    [Fact]
    public void A_SQLite_file_marked_by_another_program_is_rejected()
    {
        Sql("PRAGMA application_id = 42");
        Refused(SqliteFault.Foreign, "of another program");
    }

    [Fact]
    public async Task A_file_of_a_newer_version_is_rejected()
    {
        await Fill("s-1", 1);
        Sql("PRAGMA user_version = 2");
        Refused(SqliteFault.Newer, "has version 2, but this program supports version 1");
    }

    [Fact]
    public async Task A_truncated_file_is_rejected()
    {
        await Fill("s-1", 500);
        using (var file = new FileStream(Path, FileMode.Open)) file.SetLength(file.Length / 2);

        Refused(SqliteFault.Corrupt, "restore the file");
    }

    [Fact]
    public async Task A_damaged_page_is_rejected()
    {
        await Fill("s-1", 500);
        Damage(fromPage: 4);

        Refused(SqliteFault.Corrupt, "is damaged");
    }

    [Fact]
    public async Task A_page_damaged_later_is_detected_on_read()
    {
        await Fill("s-1", 500);
        using var log = Open();
        Damage(fromPage: 4);

        var refused = await Assert.ThrowsAsync<SqliteFileException>(() => log.Read("s-1", Ct));

        Assert.Equal(SqliteFault.Corrupt, refused.Fault);
    }

    [Fact]
    public async Task A_read_only_file_is_rejected()
    {
        await Fill("s-1", 1);
        File.SetAttributes(Path, FileAttributes.ReadOnly);
        Assert.SkipWhen(MayWrite(), "This user may write to read-only files.");

        Refused(SqliteFault.ReadOnly, "may not be written to");
    }

    private void Refused(SqliteFault fault, string expected)
    {
        var refused = Assert.Throws<SqliteFileException>(Open);
        Assert.Equal((fault, Path), (refused.Fault, refused.Path));
        Assert.Contains(Path, refused.Message, StringComparison.Ordinal);
        Assert.Contains(expected, refused.Message, StringComparison.Ordinal);
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
