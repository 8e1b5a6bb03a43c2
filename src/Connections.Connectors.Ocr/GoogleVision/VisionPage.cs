using System.Text;
using System.Text.Json;
using Connections.Connectors.Catalogue;
using Connections.Connectors.Ocr;

namespace Connections.Connectors.GoogleVision;

/// <summary>
/// Reads a page of an answer. Google gives symbols within words, paragraphs and blocks, and says after which symbols a blank or the end of a
/// line follows.
/// </summary>
internal sealed class VisionPage
{
    private readonly List<ExtractedLine> lines = [];
    private readonly StringBuilder line = new();
    private readonly List<double> confidences = [];
    private readonly double width;
    private readonly double height;
    private TextBox? box;

    private VisionPage(double width, double height) => (this.width, this.height) = (width, height);

    /// <param name="page">A member of <c>fullTextAnnotation.pages</c>; undefined for a page without text.</param>
    public static ExtractedPage Read(JsonElement page, int number, string unit)
    {
        var read = new VisionPage(Json.Number(page, "width") ?? 0, Json.Number(page, "height") ?? 0);
        foreach (var block in Items(page, "blocks"))
            foreach (var paragraph in Items(block, "paragraphs"))
            {
                foreach (var word in Items(paragraph, "words")) read.Add(word);
                read.EndLine();
            }

        return new ExtractedPage(number, read.width, read.height, unit, read.lines);
    }

    public static IEnumerable<JsonElement> Items(JsonElement members, string name) =>
        Json.Member(members, name) is { ValueKind: JsonValueKind.Array } items ? items.EnumerateArray() : [];

    private void Add(JsonElement word)
    {
        var begun = false;
        foreach (var symbol in Items(word, "symbols"))
        {
            var pause = Json.Member(Json.Member(symbol, "property"), "detectedBreak");
            var (kind, before) = (Json.Text(pause, "type"), Json.Member(pause, "isPrefix").ValueKind == JsonValueKind.True);
            if (before) Break(kind);
            line.Append(Json.Text(symbol, "text"));
            if (!begun) Place(word);
            begun = true;
            if (!before) Break(kind);
        }
    }

    private void Break(string? kind)
    {
        if (kind is "SPACE" or "SURE_SPACE") line.Append(' ');
        else if (kind == "HYPHEN") line.Append('-');
        if (kind is "EOL_SURE_SPACE" or "LINE_BREAK" or "HYPHEN") EndLine();
    }

    // The box and the confidence of a word count for the line in which it begins.
    private void Place(JsonElement word)
    {
        if (Json.Number(word, "confidence") is { } confidence && confidence is >= 0 and <= 1) confidences.Add(confidence);
        if (Box(Json.Member(word, "boundingBox")) is { } found) box = box?.With(found) ?? found;
    }

    private void EndLine()
    {
        var text = line.ToString().TrimEnd();
        if (text.Length > 0)
            lines.Add(new ExtractedLine(text, confidences.Count > 0 ? Math.Round(confidences.Average(), 4) : null, box?.Within()));
        line.Clear();
        confidences.Clear();
        box = null;
    }

    // A vertex lacks a coordinate that is 0.
    private TextBox? Box(JsonElement polygon)
    {
        var fractions = Items(polygon, "normalizedVertices").ToList();
        var (corners, across, down) = fractions.Count > 0 ? (fractions, 1.0, 1.0) : ([.. Items(polygon, "vertices")], width, height);
        if (corners.Count == 0 || across <= 0 || down <= 0) return null;
        var (x, y) = (corners.Select(c => (Json.Number(c, "x") ?? 0) / across).ToList(), corners.Select(c => (Json.Number(c, "y") ?? 0) / down).ToList());
        return new TextBox(x.Min(), y.Min(), x.Max(), y.Max());
    }
}
