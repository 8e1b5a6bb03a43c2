using Dapper;

namespace EventSourcing.Sql;

/// <summary>The tables of one part of the service, as numbered steps: applied once each, in order, at start.</summary>
/// <param name="Part">Whose tables: <c>vault</c>, <c>connections</c>.</param>
/// <param name="Steps">Step n brings the schema from version n to n + 1. Steps are appended, never changed.</param>
public sealed record Migrations(string Part, params string[] Steps)
{
    /// <summary>Of the tables that are there; 0 where there are none.</summary>
    /// <exception cref="NewerSchemaException">The database was written by a newer program.</exception>
    public async Task<int> Version(SqlDatabase database, CancellationToken ct)
    {
        await using var connection = await database.Open(ct);
        var any = await connection.ExecuteScalarAsync<long>(database.Provider == SqlProvider.PostgreSql
            ? "SELECT COUNT(to_regclass('schema_versions'))"
            : "SELECT COUNT(*) FROM sqlite_master WHERE name = 'schema_versions'");
        if (any == 0) return 0;
        var version = await connection.ExecuteScalarAsync<int?>("SELECT version FROM schema_versions WHERE part = @Part", new { Part }) ?? 0;
        return version > Steps.Length ? throw new NewerSchemaException(Part, version, Steps.Length) : version;
    }

    /// <exception cref="NewerSchemaException">The database was written by a newer program.</exception>
    public async Task Apply(SqlDatabase database, CancellationToken ct)
    {
        await using var write = await database.BeginWrite(ct);
        // one host at a time: until the table of versions is there, there is nothing else to lock
        if (database.Provider == SqlProvider.PostgreSql)
            await write.Connection.ExecuteAsync("SELECT pg_advisory_xact_lock(7307199421)", transaction: write.Transaction);
        await write.Connection.ExecuteAsync(
            "CREATE TABLE IF NOT EXISTS schema_versions (part TEXT PRIMARY KEY, version INTEGER NOT NULL)", transaction: write.Transaction);
        var version = await write.Connection.ExecuteScalarAsync<int?>(
            "SELECT version FROM schema_versions WHERE part = @Part", new { Part }, write.Transaction) ?? 0;
        if (version > Steps.Length) throw new NewerSchemaException(Part, version, Steps.Length);
        if (version == Steps.Length) return;

        foreach (var step in Steps.Skip(version)) await write.Connection.ExecuteAsync(step, transaction: write.Transaction);
        await write.Connection.ExecuteAsync(
            "INSERT INTO schema_versions (part, version) VALUES (@Part, @Version) ON CONFLICT (part) DO UPDATE SET version = excluded.version",
            new { Part, Version = Steps.Length },
            write.Transaction);
        await write.Commit(ct);
    }
}

public sealed class NewerSchemaException(string part, int version, int known) : InvalidOperationException(
    $"The tables of \"{part}\" have version {version}, this program knows {known}: run the newer program, or restore an older backup.");
