using System.Buffers;
using System.Text.Json;
using Connections.Connectors.Catalogue;
using Connections.Connectors.Pipeline;

namespace Connections.Connectors.Databases;

/// <summary>The rows of a result as JSON, as many as fit into an output.</summary>
internal sealed class ResultRows(IReadOnlyList<(string Name, string Type)> columns, int maxRows)
{
    private const int ClosingBytes = 64;
    private const int ColumnFrame = 48;

    private readonly ArrayBufferWriter<byte> written = new();
    private readonly ArrayBufferWriter<byte> one = new();
    private readonly int head = columns.Sum(c => JsonEncodedText.Encode(c.Name, Json.Plain.Encoder).EncodedUtf8Bytes.Length + ColumnFrame);
    private int count;

    /// <summary>Whether there are more rows than the result holds.</summary>
    public bool Truncated { get; set; }

    /// <summary>How many rows the statement wrote; negative if it only reads.</summary>
    public long Affected { get; set; } = -1;

    /// <param name="cell">Writes the value of one column. False if the value is too large for an output.</param>
    public void Add(Func<Utf8JsonWriter, int, bool> cell)
    {
        if (count == maxRows)
        {
            Truncated = true;
            return;
        }

        one.ResetWrittenCount();
        using (var cells = new Utf8JsonWriter(one, Json.Plain))
        {
            cells.WriteStartArray();
            for (var i = 0; i < columns.Count && !Truncated; i++) Truncated = !cell(cells, i);
            if (Truncated) return;
            cells.WriteEndArray();
        }

        Truncated = head + written.WrittenCount + one.WrittenCount + ClosingBytes > ConnectorRunner.OutputLimit;
        if (Truncated) return;
        if (count++ > 0) written.Write(","u8);
        written.Write(one.WrittenSpan);
    }

    public JsonElement ToJson()
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, Json.Plain))
        {
            writer.WriteStartObject();
            writer.WriteStartArray("columns");
            foreach (var (name, type) in columns)
            {
                writer.WriteStartObject();
                writer.WriteString("name", name);
                writer.WriteString("type", type);
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
            writer.WritePropertyName("rows");
            writer.WriteRawValue([.. "["u8, .. written.WrittenSpan, .. "]"u8], skipInputValidation: true);
            writer.WriteBoolean("truncated", Truncated);
            if (Affected >= 0) writer.WriteNumber("rowsAffected", Affected);
            writer.WriteEndObject();
        }

        return Json.Parse(buffer.WrittenMemory);
    }
}
