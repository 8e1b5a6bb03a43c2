using Dapper;
using Files.Tests.Harness;
using Microsoft.Data.Sqlite;

namespace Files.Tests;

/// <summary>An upload whose bytes were stored, but not its record.</summary>
public sealed class RecordFailureTests() : FileContract(new SqliteFiles())
{
    [Theory]
    [InlineData("DROP TABLE files")] // the record itself
    [InlineData("DROP TABLE data_keys")] // the first key of the workspace
    public async Task Nothing_stays_of_a_file_whose_record_cannot_be_stored(string fault)
    {
        await Execute(fault);
        await Assert.ThrowsAsync<SqliteException>(() => Put(Random(100_000)));
        Assert.Empty(Stored());
    }

    [Fact]
    public async Task A_full_disk_of_the_records_is_a_full_store()
    {
        // SQLite reports a full disk in the same way when its file may not grow.
        await using (var write = await Database.Sql.BeginWrite(default))
        {
            var pages = await write.Connection.ExecuteScalarAsync<long>("PRAGMA page_count", transaction: write.Transaction);
            await write.Connection.ExecuteAsync($"PRAGMA max_page_count = {pages}", transaction: write.Transaction);
        }

        var stored = 0;
        await Rejects("file.store-full", async () =>
        {
            for (; stored < 1_000; stored++) await Put([1], new string('n', 200));
        });
        Assert.Equal(stored, Stored().Count);
    }

    private async Task Execute(string sql)
    {
        await using var write = await Database.Sql.BeginWrite(default);
        await write.Connection.ExecuteAsync(sql, transaction: write.Transaction);
        await write.Commit(default);
    }
}
