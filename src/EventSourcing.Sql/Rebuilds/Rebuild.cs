using System.Data.Common;
using Dapper;
using EventSourcing.Sql.Loops;
using Npgsql;

namespace EventSourcing.Sql.Rebuilds;

/// <param name="Position">Everything up to here is in the new rows.</param>
/// <param name="Head">Where the log ended when it was last asked.</param>
public sealed record RebuildProgress(long Events, long Position, long Head);

/// <summary>
/// Builds the rows of a projection again from the start of the log, in a schema beside the live one, and puts them in the place of the live
/// ones in one transaction. The projection's loop goes on meanwhile; at the switch it finds its checkpoint moved, and goes on from there.
/// </summary>
public sealed class Rebuild(PostgresDatabase live, IProjection projection, IEventLog log, TimeProvider clock)
{
    private const string Prefix = "rebuild-";

    // it stands at the start of the log for as long as this takes: so no stream is removed while half of it was read
    private string Reader => $"{Prefix}{projection.Name}";

    /// <summary>Whether a checkpoint is no reader's, and only keeps what a rebuild still has to read.</summary>
    public static bool Marks(string checkpoint) => checkpoint.StartsWith(Prefix, StringComparison.Ordinal);

    /// <returns>What was done, the events that came meanwhile included.</returns>
    /// <exception cref="RebuildException">It cannot be done here, or not now; the message says why.</exception>
    public async Task<RebuildProgress> Run(IProgress<RebuildProgress> progress, CancellationToken ct)
    {
        if (await projection.Tables.Version(live, ct) > projection.Tables.Steps.Length)
            throw new RebuildException($"A newer program has added to the tables of {projection.Name}: run its rebuild, which knows all of them.");
        await using var held = await live.Open(ct);
        var schema = await held.ExecuteScalarAsync<string>("SELECT current_schema()");
        var beside = $"{schema}_rebuild_{projection.Name}";
        // held by this session until it ends, however it ends
        if (!await held.ExecuteScalarAsync<bool>("SELECT pg_try_advisory_lock(hashtextextended(@beside, 0))", new { beside }))
            throw new RebuildException($"Somebody else is just building {projection.Name} again.");
        try
        {
            await Empty(held, beside);
            await using var rows = live.InSchema(beside);
            await Checkpoints.Tables.Apply(rows, ct);
            await projection.Tables.Apply(rows, ct);
            await projection.Tables.Apply(live, ct);
            await Checkpoints.Tables.Apply(live, ct);
            await held.ExecuteAsync(
                "INSERT INTO checkpoints (name, position) VALUES (@Reader, @Start) ON CONFLICT (name) DO NOTHING", new { Reader, Position.Start });
            var filling = new RebuildFill(rows, projection, log, clock, progress);
            await filling.UpTo(await log.Head(ct), ct);
            await new TableSwap(live, schema!, beside, projection).Run(filling.UpTo, ct);
            return filling.Done;
        }
        finally
        {
            await held.ExecuteAsync($"DROP SCHEMA IF EXISTS \"{beside}\" CASCADE");
            await held.ExecuteAsync("DELETE FROM checkpoints WHERE name = @Reader", new { Reader });
            await held.ExecuteAsync("SELECT pg_advisory_unlock_all()"); // the connection goes back to its pool
        }
    }

    // what an earlier run left is of no use: it may be of another version
    private static async Task Empty(DbConnection connection, string beside)
    {
        try
        {
            await connection.ExecuteAsync($"DROP SCHEMA IF EXISTS \"{beside}\" CASCADE");
            await connection.ExecuteAsync($"CREATE SCHEMA \"{beside}\"");
        }
        catch (PostgresException refused) when (refused.SqlState == PostgresErrorCodes.InsufficientPrivilege)
        {
            throw new RebuildException("The user of the database may make no schema there: GRANT CREATE ON DATABASE … TO …, for as long as this takes.");
        }
    }
}

/// <summary>The rows were not built again; the live ones are as they were.</summary>
public sealed class RebuildException(string message) : Exception(message);
