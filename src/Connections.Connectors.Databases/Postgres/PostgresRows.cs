using System.Buffers;
using System.Data;
using System.Text;
using System.Text.Json;
using Connections.Connectors.Catalogue;
using Connections.Connectors.Pipeline;
using Npgsql;

namespace Connections.Connectors.Postgres;

internal sealed record PostgresColumn(string Name, uint TypeOid);

/// <summary>The rows of a result as the server's text, as many as fit.</summary>
internal sealed class PostgresRows(IReadOnlyList<PostgresColumn> columns)
{
    // The text of a bytea is longer than its JSON (base64), so this limit is looser. The final size check uses the JSON.
    private const int TextLimit = 2 * ConnectorRunner.OutputLimit;
    private const int MaxSkippedRows = 10_000;
    private const int ClosingBytes = 32;

    private readonly List<string?[]> rows = [];
    private bool truncated;
    private int affected = -1;
    private int room = TextLimit;

    public IReadOnlyList<PostgresColumn> Columns => columns;

    /// <summary>True if the rest of the result was not read. The session cannot be reused.</summary>
    public bool Abandoned { get; private set; }

    /// <param name="stopEarly">Whether to cancel the statement once enough rows are read. False if it is to be committed.</param>
    public static async Task<PostgresRows> Read(NpgsqlCommand command, int maxRows, bool stopEarly, CancellationToken ct)
    {
        var reader = await command.ExecuteReaderAsync(CommandBehavior.SequentialAccess, ct);
        var columns = Enumerable.Range(0, reader.FieldCount).Select(i => new PostgresColumn(reader.GetName(i), reader.GetDataTypeOID(i))).ToList();
        var rows = new PostgresRows(columns);
        try
        {
            while (!rows.truncated && await reader.ReadAsync(ct)) await rows.Add(reader, maxRows, ct);
            if (rows.truncated && !await rows.Drain(reader, stopEarly, ct)) await Cancel(command);
        }
        finally
        {
            await rows.Dispose(reader);
            rows.affected = reader.RecordsAffected;
        }

        return rows;
    }

    public JsonElement ToJson(PostgresTypes types)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, Json.Plain))
        {
            writer.WriteStartObject();
            WriteColumns(writer, types);
            WriteRows(writer, types);
            writer.WriteBoolean("truncated", truncated);
            if (affected >= 0) writer.WriteNumber("rowsAffected", affected);
            writer.WriteEndObject();
        }

        return Json.Parse(buffer.WrittenMemory);
    }

    private void WriteColumns(Utf8JsonWriter writer, PostgresTypes types)
    {
        writer.WriteStartArray("columns");
        foreach (var column in columns)
        {
            writer.WriteStartObject();
            writer.WriteString("name", column.Name);
            writer.WriteString("type", types.Name(column.TypeOid));
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private void WriteRows(Utf8JsonWriter writer, PostgresTypes types)
    {
        var one = new ArrayBufferWriter<byte>();
        writer.WriteStartArray("rows");
        foreach (var row in rows)
        {
            one.ResetWrittenCount();
            using (var cells = new Utf8JsonWriter(one, Json.Plain))
            {
                cells.WriteStartArray();
                for (var i = 0; i < row.Length; i++) types.Write(cells, columns[i].TypeOid, row[i]);
                cells.WriteEndArray();
            }

            truncated |= !Fits(writer, one);
            if (!Fits(writer, one)) break;
            writer.WriteRawValue(one.WrittenSpan, skipInputValidation: true);
        }

        writer.WriteEndArray();
    }

    private static bool Fits(Utf8JsonWriter writer, ArrayBufferWriter<byte> row) =>
        writer.BytesCommitted + writer.BytesPending + row.WrittenCount + ClosingBytes <= ConnectorRunner.OutputLimit;

    private async Task Add(NpgsqlDataReader reader, int maxRows, CancellationToken ct)
    {
        if (rows.Count == maxRows)
        {
            truncated = true;
            return;
        }

        var row = new string?[columns.Count];
        for (var i = 0; i < row.Length; i++)
        {
            if (!await reader.IsDBNullAsync(i, ct)) row[i] = await Text(reader, i, ct);
            if (truncated) return;
        }

        rows.Add(row);
    }

    // A value may be a gigabyte. Read only as much as fits into the output.
    private async Task<string> Text(NpgsqlDataReader reader, int column, CancellationToken ct)
    {
        using var text = await reader.GetTextReaderAsync(column, ct);
        var part = ArrayPool<char>.Shared.Rent(4096);
        var whole = new StringBuilder();
        try
        {
            int read;
            while ((read = await text.ReadAsync(part.AsMemory(), ct)) > 0)
            {
                room -= read;
                if (room < 0)
                {
                    truncated = true;
                    break;
                }

                whole.Append(part, 0, read);
            }
        }
        finally
        {
            ArrayPool<char>.Shared.Return(part);
        }

        room -= 2;
        return whole.ToString();
    }

    /// <summary>Reads the remaining rows. Returns false if there are too many.</summary>
    private async Task<bool> Drain(NpgsqlDataReader reader, bool stopEarly, CancellationToken ct)
    {
        if (stopEarly && room < 0) return !(Abandoned = true);
        for (var skipped = 0; await reader.ReadAsync(ct); skipped++)
            if (stopEarly && skipped == MaxSkippedRows) return !(Abandoned = true);
        return true;
    }

    // The library waits in the call until the server has closed the connection of the cancellation. On threads of the pool, a few servers
    // that do not would stop all work of the process, the timers that close their connections included.
    private static Task Cancel(NpgsqlCommand command) =>
        Task.Factory.StartNew(command.Cancel, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private async Task Dispose(NpgsqlDataReader reader)
    {
        try
        {
            await reader.DisposeAsync();
        }
        catch (PostgresException) when (Abandoned)
        {
            // The cancellation that was requested here.
        }
    }
}
