using Dapper;
using EventSourcing.Sql;
using TestServers;

[assembly: AssemblyFixture(typeof(PostgresDatabases))]

namespace Worker.Tests.Harness;

public sealed record RowDatabase(SqlDatabase Sql, Action Remove);

/// <summary>The database of the rows in a test, and what is specific to it.</summary>
public abstract class RowStore
{
    /// <summary>The number of rows that this transaction, or this connection, has written, deleted or changed.</summary>
    public abstract string Changes { get; }

    /// <summary>The start of a plan step that reads a table through an index. The name of the index follows.</summary>
    public abstract string ByIndex { get; }

    /// <summary>The rest of a step that starts in the index at a value of the column.</summary>
    public abstract string FromCursor(string column);

    public abstract Task<RowDatabase> Open();

    public abstract Task<IReadOnlyList<string>> Plan(SqlDatabase database, string sql, object? parameters);

    /// <summary>Whether a plan step scans a whole table or sorts.</summary>
    public abstract bool Costly(string step);

    /// <summary>Whether a plan step sorts all that was found, and not only rows with the same time.</summary>
    public abstract bool SortsAll(string step);
}

public sealed class SqliteRows : RowStore
{
    public override string Changes => "SELECT total_changes()";

    public override string ByIndex => "SEARCH .* USING (COVERING )?INDEX ";

    public override string FromCursor(string column) => $@" \([^\n]*{column}[^\n]*[<>]";

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

    // The busy count reads a subquery that stops at its limit.
    public override bool Costly(string step) => step.Contains("TEMP B-TREE", StringComparison.Ordinal)
        || (step.StartsWith("SCAN", StringComparison.Ordinal) && step != "SCAN busy" && !step.Contains("USING INDEX", StringComparison.Ordinal));

    public override bool SortsAll(string step) => step == "USE TEMP B-TREE FOR ORDER BY";
}

public sealed class PostgresRows(PostgresDatabases databases) : RowStore
{
    public override string Changes => "SELECT COALESCE(SUM(n_tup_ins + n_tup_upd + n_tup_del), 0) FROM pg_stat_xact_user_tables";

    public override string ByIndex => "Index (Only )?Scan (Backward )?using ";

    public override string FromCursor(string column) => $@"\b[^\n]*\n\s*Index Cond: [^\n]*{column}";

    public override async Task<RowDatabase> Open()
    {
        Assert.SkipUnless(PostgresServer.Available, PostgresDatabases.Missing);
        return new RowDatabase(new PostgresDatabase(await databases.Fresh()), () => { });
    }

    /// <summary>PostgreSQL prefers to scan small tables. A scan that happens although it is disabled means that no index fits.</summary>
    public override async Task<IReadOnlyList<string>> Plan(SqlDatabase database, string sql, object? parameters)
    {
        await using var write = await database.BeginWrite(default);
        await write.Connection.ExecuteAsync(
            "SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off; SET LOCAL enable_sort = off", transaction: write.Transaction);
        return [.. await write.Connection.QueryAsync<string>($"EXPLAIN {sql}", parameters, write.Transaction)];
    }

    public override bool Costly(string step) =>
        step.Contains("Seq Scan", StringComparison.Ordinal) || step.TrimStart(' ', '-', '>').StartsWith("Sort ", StringComparison.Ordinal);

    public override bool SortsAll(string step) => step.TrimStart(' ', '-', '>').StartsWith("Sort  (", StringComparison.Ordinal);
}
