using Dapper;

namespace EventSourcing.Sql;

/// <summary>The tables of one part of the service, as numbered steps. Each step is applied once, in order, at start.</summary>
/// <param name="Part">The owner of the tables: <c>vault</c>, <c>connections</c>.</param>
/// <param name="Steps">Step n brings the schema from version n to n + 1. Append new steps; never change existing ones.</param>
public sealed record Migrations(string Part, params string[] Steps)
{
    /// <summary>
    /// A version that knows fewer steps must not use the tables. Additive steps leave the value at 1, so that older hosts keep working and
    /// can restart beside newer ones. A step that changes or removes what older versions use sets the value to its own number.
    /// </summary>
    public int Least { get; init; } = 1;

    // An index of a large table takes minutes, and other hosts wait for it. The default of Npgsql is 30 s.
    private const int NoTimeout = 0;

    /// <summary>The version of the existing tables; 0 where there are none.</summary>
    public async Task<int> Version(SqlDatabase database, CancellationToken ct)
    {
        await using var connection = await database.Open(ct);
        var any = await connection.ExecuteScalarAsync<long>(database.Provider == SqlProvider.PostgreSql
            ? "SELECT COUNT(to_regclass('schema_versions'))"
            : "SELECT COUNT(*) FROM sqlite_master WHERE name = 'schema_versions'");
        if (any == 0) return 0;
        return await connection.ExecuteScalarAsync<int?>("SELECT version FROM schema_versions WHERE part = @Part", new { Part }) ?? 0;
    }

    /// <exception cref="NewerSchemaException">A newer version changed the tables so that this one must not use them.</exception>
    public async Task Apply(SqlDatabase database, CancellationToken ct)
    {
        await using var write = await database.BeginWrite(ct);
        // One host at a time. An advisory lock, because the table of versions may not exist yet.
        if (database.Provider == SqlProvider.PostgreSql)
            await write.Connection.ExecuteAsync("SELECT pg_advisory_xact_lock(7307199421)", transaction: write.Transaction, commandTimeout: NoTimeout);
        await CreateVersionTable(write, database.Provider);
        var (version, least) = await write.Connection.QuerySingleOrDefaultAsync<(int, int)>(
            "SELECT version, least FROM schema_versions WHERE part = @Part", new { Part }, write.Transaction);
        if (least > Steps.Length) throw new NewerSchemaException(Part, version, Steps.Length);
        if (version < Steps.Length)
        {
            foreach (var step in Steps.Skip(version))
                await write.Connection.ExecuteAsync(step, transaction: write.Transaction, commandTimeout: NoTimeout);
            await write.Connection.ExecuteAsync(
                """
                INSERT INTO schema_versions (part, version, least) VALUES (@Part, @Version, @Least)
                ON CONFLICT (part) DO UPDATE SET version = excluded.version, least = excluded.least
                """,
                new { Part, Version = Steps.Length, Least },
                write.Transaction);
        }

        await write.Commit(ct);
    }

    private static async Task CreateVersionTable(SqlWrite write, SqlProvider provider)
    {
        await write.Connection.ExecuteAsync(
            "CREATE TABLE IF NOT EXISTS schema_versions (part TEXT PRIMARY KEY, version INTEGER NOT NULL, least INTEGER NOT NULL DEFAULT 1)",
            transaction: write.Transaction);
        var columns = await write.Connection.ExecuteScalarAsync<long>(
            provider == SqlProvider.PostgreSql
                ? "SELECT COUNT(*) FROM pg_attribute WHERE attrelid = 'schema_versions'::regclass AND attname = 'least'"
                : "SELECT COUNT(*) FROM pragma_table_info('schema_versions') WHERE name = 'least'",
            transaction: write.Transaction);
        if (columns == 0)
        {
            await write.Connection.ExecuteAsync(
                "ALTER TABLE schema_versions ADD COLUMN least INTEGER NOT NULL DEFAULT 1", transaction: write.Transaction);
        }
    }
}

public sealed class NewerSchemaException(string part, int version, int known) : InvalidOperationException(
    $"The tables of \"{part}\" have version {version}, which this program (version {known}) must not use. "
    + "Run the newer program, or restore an older backup.");
