using Dapper;
using EventSourcing.Sql;
using TestServers;

[assembly: AssemblyFixture(typeof(PostgresDatabases))]

namespace Worker.Tests.Harness;

public sealed record RowDatabase(SqlDatabase Sql, Action Remove);

/// <summary>Where the rows of a test lie, and what only that database can tell of itself.</summary>
public abstract class RowStore
{
    /// <summary>The rows that this transaction has written, deleted or changed, or this connection ever has.</summary>
    public abstract string Changes { get; }

    /// <summary>How a step begins that reads a table through an index, to be followed by its name.</summary>
    public abstract string ByIndex { get; }

    public abstract Task<RowDatabase> Open();

    public abstract Task<IReadOnlyList<string>> Plan(SqlDatabase database, string sql, object? parameters);

    /// <summary>Whether a step of a plan reads a whole table, or sorts.</summary>
    public abstract bool Costly(string step);
}

public sealed class SqliteRows : RowStore
{
    public override string Changes => "SELECT total_changes()";

    public override string ByIndex => "SEARCH .* USING (COVERING )?INDEX ";

    public override Task<RowDatabase> Open()
    {
        var folder = Directory.CreateTempSubdirectory("rows-");
        var database = new SqliteDatabase(Path.Combine(folder.FullName, "rows.db"), SqliteDurability.Rebuildable);
        return Task.FromResult(new RowDatabase(database, () => folder.Delete(recursive: true)));
    }

    public override async Task<IReadOnlyList<string>> Plan(SqlDatabase database, string sql, object? parameters)
    {
        await using var connection = await database.Open(default);
        var steps = await connection.QueryAsync<(long, long, long, string Detail)>($"EXPLAIN QUERY PLAN {sql}", parameters);
        return [.. steps.Select(p => p.Detail)];
    }

    // the count of what is busy is over a subquery that stops at its limit
    public override bool Costly(string step) => step.Contains("TEMP B-TREE", StringComparison.Ordinal)
        || (step.StartsWith("SCAN", StringComparison.Ordinal) && step != "SCAN busy" && !step.Contains("USING INDEX", StringComparison.Ordinal));
}

public sealed class PostgresRows(PostgresDatabases databases) : RowStore
{
    public override string Changes => "SELECT COALESCE(SUM(n_tup_ins + n_tup_upd + n_tup_del), 0) FROM pg_stat_xact_user_tables";

    public override string ByIndex => "Index (Only )?Scan using ";

    public override async Task<RowDatabase> Open()
    {
        Assert.SkipUnless(PostgresServer.Available, PostgresDatabases.Missing);
        return new RowDatabase(new PostgresDatabase(await databases.Fresh()), () => { });
    }

    /// <summary>Of small tables it prefers to read all. Where that is forbidden and still done, no index could have served.</summary>
    public override async Task<IReadOnlyList<string>> Plan(SqlDatabase database, string sql, object? parameters)
    {
        await using var write = await database.BeginWrite(default);
        await write.Connection.ExecuteAsync(
            "SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off; SET LOCAL enable_sort = off", transaction: write.Transaction);
        return [.. await write.Connection.QueryAsync<string>($"EXPLAIN {sql}", parameters, write.Transaction)];
    }

    public override bool Costly(string step) =>
        step.Contains("Seq Scan", StringComparison.Ordinal) || step.TrimStart(' ', '-', '>').StartsWith("Sort ", StringComparison.Ordinal);
}
