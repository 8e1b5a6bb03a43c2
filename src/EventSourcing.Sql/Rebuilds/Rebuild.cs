using System.Data.Common;
using Dapper;
using EventSourcing.Sql.Loops;
using Npgsql;

namespace EventSourcing.Sql.Rebuilds;

/// <param name="Position">Everything up to here is in the new rows.</param>
/// <param name="Head">The end of the log when it was last read.</param>
public sealed record RebuildProgress(long Events, long Position, long Head);

/// <summary>
/// Rebuilds the rows of a projection from the start of the log, in a schema beside the live one, and swaps the tables in one transaction.
/// The projection's loop continues meanwhile. At the swap the loop finds its checkpoint moved and continues from there.
/// </summary>
public sealed class Rebuild(PostgresDatabase live, IProjection projection, IEventLog log, TimeProvider clock)
{
    private const string Prefix = "rebuild-";

    // The checkpoint of this reader stays at the start of the log, so that retention removes no stream that is only partly read.
    private string Reader => $"{Prefix}{projection.Name}";

    /// <summary>True for a checkpoint that belongs to no reader and only protects events that a rebuild still has to read.</summary>
    public static bool Marks(string checkpoint) => checkpoint.StartsWith(Prefix, StringComparison.Ordinal);

    /// <returns>The final progress, including events that arrived during the rebuild.</returns>
    /// <exception cref="RebuildException">The rebuild cannot run; the message gives the reason.</exception>
    public async Task<RebuildProgress> Run(IProgress<RebuildProgress> progress, CancellationToken ct)
    {
        if (await projection.Tables.Version(live, ct) > projection.Tables.Steps.Length)
            throw new RebuildException($"A newer version added to the tables of {projection.Name}. Run the rebuild of that version.");
        await using var session = await live.Open(ct);
        var schema = await session.ExecuteScalarAsync<string>("SELECT current_schema()");
        var beside = $"{schema}_rebuild_{projection.Name}";
        // The advisory lock belongs to this session and ends with it.
        if (!await session.ExecuteScalarAsync<bool>("SELECT pg_try_advisory_lock(hashtextextended(@beside, 0))", new { beside }))
            throw new RebuildException($"A rebuild of {projection.Name} is already under way.");
        try
        {
            await RecreateSchema(session, beside);
            await using var rows = live.InSchema(beside);
            await Checkpoints.Tables.Apply(rows, ct);
            await projection.Tables.Apply(rows, ct);
            await projection.Tables.Apply(live, ct);
            await Checkpoints.Tables.Apply(live, ct);
            await session.ExecuteAsync(
                "INSERT INTO checkpoints (name, position) VALUES (@Reader, @Start) ON CONFLICT (name) DO NOTHING", new { Reader, Position.Start });
            var fill = new RebuildFill(rows, projection, log, clock, progress);
            await fill.UpTo(await log.Head(ct), ct);
            await new TableSwap(live, schema!, beside, projection).Run(fill.UpTo, ct);
            return fill.Done;
        }
        finally
        {
            await session.ExecuteAsync($"DROP SCHEMA IF EXISTS \"{beside}\" CASCADE");
            await session.ExecuteAsync("DELETE FROM checkpoints WHERE name = @Reader", new { Reader });
            await session.ExecuteAsync("SELECT pg_advisory_unlock_all()"); // the pool keeps the session open
        }
    }

    // Tables left by an earlier run may be of another version: remove them.
    private static async Task RecreateSchema(DbConnection connection, string beside)
    {
        try
        {
            await connection.ExecuteAsync($"DROP SCHEMA IF EXISTS \"{beside}\" CASCADE");
            await connection.ExecuteAsync($"CREATE SCHEMA \"{beside}\"");
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.InsufficientPrivilege)
        {
            throw new RebuildException(
                "The database user may not create a schema. Run GRANT CREATE ON DATABASE … TO … for the time of the rebuild.");
        }
    }
}

/// <summary>The rebuild failed; the live rows are unchanged.</summary>
public sealed class RebuildException(string message) : Exception(message);
