using Dapper;
using EventSourcing.Sql;

namespace Sql.Tests;

/// <summary>A SQLite file of its own for each test, and a deadline.</summary>
public abstract class SqliteTests : IAsyncDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("sql-").FullName;
    private readonly CancellationTokenSource deadline = new(TimeSpan.FromSeconds(60), TimeProvider.System);

    protected SqliteTests() => Database = Open();

    protected SqlDatabase Database { get; private set; }

    protected CancellationToken Ct => deadline.Token;

    private string File => Path.Combine(folder, "rows.db");

    public virtual async ValueTask DisposeAsync()
    {
        await Database.DisposeAsync();
        deadline.Dispose();
        Directory.Delete(folder, recursive: true);
        GC.SuppressFinalize(this);
    }

    protected async Task<T?> Scalar<T>(string sql)
    {
        await using var connection = await Database.Open(Ct);
        return await connection.ExecuteScalarAsync<T>(sql);
    }

    protected async Task Execute(string sql, object? parameters = null)
    {
        await using var write = await Database.BeginWrite(Ct);
        await write.Connection.ExecuteAsync(sql, parameters, write.Transaction);
        await write.Commit(Ct);
    }

    protected async Task DeleteTheFile()
    {
        await Database.DisposeAsync();
        foreach (var file in Directory.GetFiles(folder, "rows.db*")) System.IO.File.Delete(file);
        Database = Open();
    }

    private SqliteDatabase Open() => new(File, SqliteDurability.Rebuildable);
}
