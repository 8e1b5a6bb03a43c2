using Dapper;
using EventSourcing.Sql;

namespace Sql.Tests;

/// <summary>A separate database for each test, and a deadline.</summary>
public abstract class DatabaseContract : IAsyncDisposable
{
    private readonly TestDatabase database;
    private readonly CancellationTokenSource deadline = new(TimeSpan.FromSeconds(60), TimeProvider.System);

    protected DatabaseContract(TestDatabase database) => (this.database, Database) = (database, database.Open());

    protected SqlDatabase Database { get; private set; }

    protected CancellationToken Ct => deadline.Token;

    public virtual async ValueTask DisposeAsync()
    {
        await Database.DisposeAsync();
        deadline.Dispose();
        database.Remove();
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

    /// <summary>Deletes the files or drops the tables.</summary>
    protected async Task DeleteDatabase()
    {
        await Database.DisposeAsync();
        await database.Empty();
        Database = database.Open();
    }
}
