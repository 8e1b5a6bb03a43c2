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

    public static async Task<ConnectorResult> Create(
        ExtractedText extracted, StoredFile source, IFileStore? store, string workspace, CancellationToken ct)
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
            var stored = await store.Write(workspace, new NewFile($"{source.Name}.json", "application/json", content.Length), content, ct);
            return new ConnectorResult.Done(Shortened(extracted, stored));
        }
        catch (Exception fault) when (GivenFiles.IsOfStore(fault))
        {
            return GivenFiles.Failure(fault, Delivered.Yes);
        }
    }

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
            WriteRest(writer, extracted.Warnings);
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
        WriteRest(writer, [.. extracted.Warnings.Take(20), "The whole result is the file in result: it is too large for an output."]);
        writer.WritePropertyName("result");
        GivenFiles.Describe(stored).GetProperty("file").WriteTo(writer);
    });

    private static void WriteRest(Utf8JsonWriter writer, IReadOnlyList<string> warnings)
    {
        writer.WriteStartArray("tables");
        writer.WriteEndArray();
        writer.WriteStartArray("keyValues");
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
        writer.WriteStartArray("lines");
        foreach (var line in page.Lines)
        {
            writer.WriteStartObject();
            writer.WriteString("text", line.Text);
            if (line.Confidence is { } confidence) writer.WriteNumber("confidence", confidence);
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
}
