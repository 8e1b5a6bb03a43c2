using System.Text.Json;
using Connections.Connectors.Catalogue;

namespace Connections.Connectors.GoogleVision;

/// <summary>The bodies and addresses of requests.</summary>
/// <param name="project">The project in a regional address.</param>
internal sealed class VisionRequests(Uri origin, string region, string? project)
{
    /// <summary>The largest document that fits into a request of 10 MB, as base64 and with the members beside it. Bytes.</summary>
    public const int MaxBytes = 7_300_000;

    /// <summary>The pages that one request may ask for.</summary>
    public const int Window = 5;

    private const string Text = "fullTextAnnotation(pages(width,height,blocks(paragraphs(words(boundingBox,confidence,symbols(text,property/detectedBreak))))))";
    private const string ImageFields = $"responses(error,{Text})";
    private const string FileFields = $"responses(error,totalPages,responses(error,{Text}))";

    /// <summary>An operation that does not exist: reading it costs nothing, and is refused where the API cannot be used.</summary>
    public Uri Probe => new(origin, "v1/operations/none");

    public Uri Images => Annotate("images", ImageFields);

    public Uri Files => Annotate("files", FileFields);

    public static byte[] Image(ReadOnlyMemory<byte> document, IReadOnlyList<string> languages) => Body(writer =>
    {
        writer.WriteStartObject("image");
        writer.WriteBase64String("content", document.Span);
        writer.WriteEndObject();
    }, languages, []);

    /// <param name="pages">Empty: the first five.</param>
    public static byte[] File(ReadOnlyMemory<byte> document, string type, IReadOnlyList<string> languages, IReadOnlyList<int> pages) => Body(writer =>
    {
        writer.WriteStartObject("inputConfig");
        writer.WriteBase64String("content", document.Span);
        writer.WriteString("mimeType", type);
        writer.WriteEndObject();
    }, languages, pages);

    private Uri Annotate(string what, string fields)
    {
        var parent = region == GoogleVisionEntry.Global ? "" : $"projects/{Uri.EscapeDataString(project!)}/locations/{region}/";
        return new Uri(origin, $"v1/{parent}{what}:annotate?fields={Uri.EscapeDataString(fields)}");
    }

    private static byte[] Body(Action<Utf8JsonWriter> document, IReadOnlyList<string> languages, IReadOnlyList<int> pages)
    {
        using var body = new MemoryStream();
        using (var writer = new Utf8JsonWriter(body, Json.Plain))
        {
            writer.WriteStartObject();
            writer.WriteStartArray("requests");
            writer.WriteStartObject();
            document(writer);
            writer.WriteStartArray("features");
            writer.WriteStartObject();
            writer.WriteString("type", "DOCUMENT_TEXT_DETECTION");
            writer.WriteEndObject();
            writer.WriteEndArray();
            if (languages.Count > 0)
            {
                writer.WriteStartObject("imageContext");
                writer.WriteStartArray("languageHints");
                foreach (var language in languages) writer.WriteStringValue(language);
                writer.WriteEndArray();
                writer.WriteEndObject();
            }

            if (pages.Count > 0)
            {
                writer.WriteStartArray("pages");
                foreach (var page in pages) writer.WriteNumberValue(page);
                writer.WriteEndArray();
            }

            writer.WriteEndObject();
            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        return body.ToArray();
    }
}
