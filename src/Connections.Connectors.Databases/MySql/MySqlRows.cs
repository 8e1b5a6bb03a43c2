using System.Buffers;
using System.Text.Json;
using Connections.Connectors.Catalogue;
using Connections.Connectors.Pipeline;
using MySqlConnector;

namespace Connections.Connectors.MySql;

/// <summary>The first result of a statement, with as many rows as fit.</summary>
internal sealed class MySqlRows(List<MySqlDbColumn> columns, int maxRows)
{
    private const int MaxSkippedRows = 10_000;
    private const int ClosingBytes = 64;
    private const int ColumnFrame = 48;

    private readonly ArrayBufferWriter<byte> written = new();
    private readonly ArrayBufferWriter<byte> one = new();
    private readonly int head = columns.Sum(c => JsonEncodedText.Encode(c.ColumnName, Json.Plain.Encoder).EncodedUtf8Bytes.Length + ColumnFrame);
    private int count;
    private bool truncated;
    private int affected = -1;

    /// <param name="stopEarly">
    /// Whether to close the connection once enough rows are read. False if the statement is to be committed.
    /// </param>
    public static async Task<JsonElement> Read(MySqlCommand command, MySqlSession session, int maxRows, bool stopEarly, CancellationToken ct)
    {
        MySqlRows? rows = null;
        try
        {
            var reader = await command.ExecuteReaderAsync(ct);
            try
            {
                rows = new MySqlRows(reader.FieldCount == 0 ? [] : [.. (await reader.GetColumnSchemaAsync(ct)).Cast<MySqlDbColumn>()], maxRows);
                while (!rows.truncated && await Next(reader, session, stopEarly, ct)) rows.Add(reader);
                if (rows.truncated && !await Drained(reader, session, stopEarly, ct)) Abandon(session);
            }
            finally
            {
                await reader.DisposeAsync(); // reads the remaining rows and results
                rows?.affected = reader.RecordsAffected;
            }
        }
        catch (Exception e) when (rows is not null && stopEarly && (session.Spoilt || session.Problem is not null)
            && e is MySqlException or IOException or ObjectDisposedException or InvalidOperationException)
        {
            // This side closed the connection. The rows read so far are valid.
            session.Spoilt = true;
            rows!.truncated = true;
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

    private void Add(MySqlDataReader reader)
    {
        if (count == maxRows)
        {
            truncated = true;
            return;
        }

        one.ResetWrittenCount();
        using (var cells = new Utf8JsonWriter(one, Json.Plain))
        {
            cells.WriteStartArray();
            for (var i = 0; i < columns.Count; i++) MySqlValue.Write(cells, reader, i, columns[i].ProviderType);
            cells.WriteEndArray();
        }

        truncated = head + written.WrittenCount + one.WrittenCount + ClosingBytes > ConnectorRunner.OutputLimit;
        if (truncated) return;
        if (count++ > 0) written.Write(","u8);
        written.Write(one.WrittenSpan);
    }

    private JsonElement ToJson()
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, Json.Plain))
        {
            writer.WriteStartObject();
            writer.WriteStartArray("columns");
            foreach (var column in columns)
            {
                writer.WriteStartObject();
                writer.WriteString("name", column.ColumnName);
                writer.WriteString("type", MySqlTypes.Name(column.ProviderType));
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
            writer.WritePropertyName("rows");
            writer.WriteRawValue([.. "["u8, .. written.WrittenSpan, .. "]"u8], skipInputValidation: true);
            writer.WriteBoolean("truncated", truncated);
            if (affected >= 0) writer.WriteNumber("rowsAffected", affected);
            writer.WriteEndObject();
        }

        return Json.Parse(buffer.WrittenMemory);
    }
}
