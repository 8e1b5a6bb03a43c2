using System.Data;
using System.Text.Json;
using Connections.Connectors.Databases;
using Microsoft.Data.SqlClient;

namespace Connections.Connectors.SqlServer;

/// <summary>The first result of a statement, with as many rows as fit.</summary>
internal static class SqlServerRows
{
    /// <param name="stopEarly">
    /// Whether to close the connection once enough rows are read. False if the statement is to be committed.
    /// </param>
    public static async Task<JsonElement> Read(SqlCommand command, SqlServerSession session, int maxRows, bool stopEarly,
        CancellationToken ct)
    {
        ResultRows? rows = null;
        var complete = false;
        try
        {
            var reader = await command.ExecuteReaderAsync(CommandBehavior.SequentialAccess, ct);
            var types = Enumerable.Range(0, reader.FieldCount).Select(reader.GetDataTypeName).ToList();
            if (types.FindIndex(type => !SqlServerValue.CanRead(type)) is >= 0 and var other)
            {
                Abandon(session); // and do not read the rest
                throw new UnreadableColumnException(reader.GetName(other), SqlServerValue.TypeName(types[other]));
            }

            try
            {
                rows = new ResultRows([.. types.Select((type, i) => (reader.GetName(i), SqlServerValue.TypeName(type)))], maxRows);
                while (!rows.Truncated && await Next(reader, session, stopEarly, ct))
                    rows.Add((writer, i) => SqlServerValue.Write(writer, reader, i, types[i]));
                complete = !rows.Truncated;
                if (stopEarly)
                {
                    Abandon(session); // a read has one result
                }
                else
                {
                    while (await Next(reader, session, stopEarly, ct)) continue;
                    while (await reader.NextResultAsync(ct)) session.RenewAllowance();
                }
            }
            finally
            {
                // The library would wait for the rest of a value. The session closes the connection instead.
                if (!session.Spoilt) await reader.DisposeAsync();
                rows?.Affected = reader.RecordsAffected;
            }
        }
        catch (Exception e) when (e is not OutOfMemoryException && rows is not null && stopEarly
            && (session.Spoilt || (session.Problem is not null && !ct.IsCancellationRequested)))
        {
            // This side closed the connection. The rows read so far are valid.
            session.Spoilt = true;
            rows!.Truncated |= !complete;
        }

        return rows!.ToJson();
    }

    // A read has one allowance for its whole response. A write is read to its end, so each row has its own.
    private static Task<bool> Next(SqlDataReader reader, SqlServerSession session, bool stopEarly, CancellationToken ct)
    {
        if (!stopEarly) session.RenewAllowance();
        return reader.ReadAsync(ct);
    }

    private static void Abandon(SqlServerSession session)
    {
        session.Spoilt = true;
        session.Cut();
    }
}

/// <summary>A column of a type that the library reads as a whole, however long a value is.</summary>
internal sealed class UnreadableColumnException(string column, string type)
    : Exception($"The column \"{column}\" has the type {type}, which is not read: convert it, for example with CAST(… AS nvarchar(max)).");
