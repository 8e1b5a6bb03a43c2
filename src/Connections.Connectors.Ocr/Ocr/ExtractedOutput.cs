using System.Buffers;
using System.Text.Json;
using Connections.Connectors.Catalogue;
using Connections.Connectors.Files;
using Connections.Connectors.Pipeline;
using Connections.Domain;

namespace Connections.Connectors.Ocr;

/// <summary>Writes the output of <c>extract-text</c>. What is too large for an output becomes a file.</summary>
internal static class ExtractedOutput
{
    private const int TextLimit = 32 * 1024; // characters: at most 128 KB with every escape that JSON needs

    /// <param name="source">The name of the document.</param>
    /// <param name="charged">Whether another attempt would be charged again: then none follows.</param>
    public static async Task<ConnectorResult> Create(
        ExtractedText extracted, string source, IFileStore? store, string workspace, bool charged, CancellationToken ct)
    {
        var whole = Whole(extracted);
        if (whole.Length <= ConnectorRunner.OutputLimit) return new ConnectorResult.Done(Json.Parse(whole));
        if (store is null)
        {
            return new ConnectorResult.Failed(
                FailureKind.InvalidInput, "The result is too large for an output, and there is no file store here: ask for fewer pages.",
                Delivered.Yes, Answered: true);
        }

        try
        {
            using var content = new MemoryStream(whole.ToArray(), writable: false);
            var stored = await store.Write(workspace, new NewFile($"{source}.json", "application/json", content.Length), content, ct);
            return new ConnectorResult.Done(Shortened(extracted, stored));
        }
        catch (Exception fault) when (GivenFiles.IsOfStore(fault))
        {
            var failure = GivenFiles.Failure(fault, Delivered.Yes);
            return charged ? NotStored(failure.Message) : failure;
        }
    }

    private static ConnectorResult.Failed NotStored(string problem) => new(
        FailureKind.Internal,
        $"The document was read, and its result could not be stored: {problem} Run the activity again later; that is charged again.",
        Delivered.Yes, Answered: true);

    private static ReadOnlyMemory<byte> Whole(ExtractedText extracted)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, Json.Plain))
        {
            writer.WriteStartObject();
            writer.WriteString("text", extracted.Text);
            writer.WriteStartArray("pages");
            foreach (var page in extracted.Pages) Write(writer, page);
            writer.WriteEndArray();
            WriteRest(writer, extracted.Tables, extracted.KeyValues, extracted.Warnings);
            writer.WriteEndObject();
        }

        return buffer.WrittenMemory;
    }

    private static JsonElement Shortened(ExtractedText extracted, StoredFile stored) => Json.Object(writer =>
    {
        var text = extracted.Text;
        var cut = text.Length <= TextLimit ? text : text[..(char.IsHighSurrogate(text[TextLimit - 1]) ? TextLimit - 1 : TextLimit)];
        writer.WriteString("text", cut);
        writer.WriteBoolean("truncated", cut.Length < text.Length);
        writer.WriteStartArray("pages");
        writer.WriteEndArray();
        WriteRest(
            writer, [], [], [.. extracted.Warnings.Take(20), "The whole result is the file in result: it is too large for an output."]);
        writer.WritePropertyName("result");
        GivenFiles.Describe(stored).GetProperty("file").WriteTo(writer);
    });

    private static void WriteRest(
        Utf8JsonWriter writer, IReadOnlyList<ExtractedTable> tables, IReadOnlyList<ExtractedKeyValue> keyValues,
        IReadOnlyList<string> warnings)
    {
        writer.WriteStartArray("tables");
        foreach (var table in tables) Write(writer, table);
        writer.WriteEndArray();
        writer.WriteStartArray("keyValues");
        foreach (var pair in keyValues) Write(writer, pair);
        writer.WriteEndArray();
        writer.WriteStartArray("warnings");
        foreach (var warning in warnings) writer.WriteStringValue(warning);
        writer.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter writer, ExtractedPage page)
    {
        writer.WriteStartObject();
        writer.WriteNumber("number", page.Number);
        writer.WriteNumber("width", page.Width);
        writer.WriteNumber("height", page.Height);
        writer.WriteString("unit", page.Unit);
        if (page.Rotation is { } rotation) writer.WriteNumber("rotation", rotation);
        writer.WriteStartArray("lines");
        foreach (var line in page.Lines)
        {
            writer.WriteStartObject();
            writer.WriteString("text", line.Text);
            WriteConfidence(writer, line.Confidence);
            if (line.Box is { } box)
            {
                writer.WriteStartArray("box");
                foreach (var side in (double[])[box.Left, box.Top, box.Right, box.Bottom]) writer.WriteNumberValue(side);
                writer.WriteEndArray();
            }

            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter writer, ExtractedTable table)
    {
        writer.WriteStartObject();
        writer.WriteNumber("page", table.Page);
        writer.WriteNumber("rows", table.Rows);
        writer.WriteNumber("columns", table.Columns);
        writer.WriteStartArray("cells");
        foreach (var cell in table.Cells)
        {
            writer.WriteStartObject();
            writer.WriteNumber("row", cell.Row);
            writer.WriteNumber("column", cell.Column);
            writer.WriteNumber("rowSpan", cell.RowSpan);
            writer.WriteNumber("columnSpan", cell.ColumnSpan);
            writer.WriteString("text", cell.Text);
            WriteConfidence(writer, cell.Confidence);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter writer, ExtractedKeyValue pair)
    {
        writer.WriteStartObject();
        writer.WriteString("key", pair.Key);
        writer.WriteString("value", pair.Value);
        WriteConfidence(writer, pair.Confidence);
        writer.WriteNumber("page", pair.Page);
        writer.WriteEndObject();
    }

    private static void WriteConfidence(Utf8JsonWriter writer, double? confidence)
    {
        if (confidence is { } known) writer.WriteNumber("confidence", known);
    }
}
