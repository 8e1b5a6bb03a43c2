using System.Text.Json;
using Connections.Connectors.Databases;
using MySqlConnector;

namespace Connections.Connectors.MySql;

/// <summary>The first result of a statement, with as many rows as fit.</summary>
internal static class MySqlRows
{
    private const int MaxSkippedRows = 10_000;

    /// <param name="stopEarly">
    /// Whether to close the connection once enough rows are read. False if the statement is to be committed.
    /// </param>
    public static async Task<JsonElement> Read(MySqlCommand command, MySqlSession session, int maxRows, bool stopEarly, CancellationToken ct)
    {
        ResultRows? rows = null;
        try
        {
            var reader = await command.ExecuteReaderAsync(ct);
            try
            {
                List<MySqlDbColumn> columns = reader.FieldCount == 0 ? [] : [.. (await reader.GetColumnSchemaAsync(ct)).Cast<MySqlDbColumn>()];
                rows = new ResultRows([.. columns.Select(c => (c.ColumnName, MySqlTypes.Name(c.ProviderType)))], maxRows);
                while (!rows.Truncated && await Next(reader, session, stopEarly, ct)) rows.Add(Cell);
                if (rows.Truncated && !await Drained(reader, session, stopEarly, ct)) Abandon(session);

                bool Cell(Utf8JsonWriter writer, int column)
                {
                    MySqlValue.Write(writer, reader, column, columns[column].ProviderType);
                    return true;
                }
            }
            finally
            {
                await reader.DisposeAsync(); // reads the remaining rows and results
                rows?.Affected = reader.RecordsAffected;
            }
        }
        catch (Exception e) when (rows is not null && stopEarly && (session.Spoilt || session.Problem is not null)
            && e is MySqlException or IOException or ObjectDisposedException or InvalidOperationException)
        {
            // This side closed the connection. The rows read so far are valid.
            session.Spoilt = true;
            rows!.Truncated = true;
        }

        return rows!.ToJson();
    }

    // A read has one allowance for its whole response. A write is read to its end, so each row has its own.
    private static Task<bool> Next(MySqlDataReader reader, MySqlSession session, bool stopEarly, CancellationToken ct)
    {
        if (!stopEarly) session.RenewAllowance();
        return reader.ReadAsync(ct);
    }

    /// <summary>Reads the remaining rows. Returns false if there are too many.</summary>
    private static async Task<bool> Drained(MySqlDataReader reader, MySqlSession session, bool stopEarly, CancellationToken ct)
    {
        for (var skipped = 0; await Next(reader, session, stopEarly, ct); skipped++)
            if (stopEarly && skipped == MaxSkippedRows) return false;
        return true;
    }

    private static void Abandon(MySqlSession session)
    {
        session.Spoilt = true;
        session.Cut();
    }
}
