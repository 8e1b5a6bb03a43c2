using System.Text.Json;
using Connections.Connectors.Catalogue;
using Connections.Connectors.Ocr;

namespace Connections.Connectors.Textract;

/// <summary>A part of an answer of Textract, which names other parts by their ids.</summary>
/// <param name="Text">Of a selection element: whether it is selected.</param>
/// <param name="Children">The words of a line, a cell, a key or a value; the cells of a table.</param>
/// <param name="Values">The values of a key.</param>
/// <param name="Merged">The cells of a table that stand for several others.</param>
internal sealed record TextractBlock(
    string Id, string Type, int Page, string? Text, double? Confidence, TextBox? Box, double? Rotation, int Row, int Column, int RowSpan,
    int ColumnSpan, bool IsKey, IReadOnlyList<string> Children, IReadOnlyList<string> Values, IReadOnlyList<string> Merged)
{
    private const int MaxNumber = 100_000;
    private const long BareBytes = 256;
    private const long BareIdBytes = 32;

    // Words are only needed for tables and forms. The other types are not part of the output.
    private static readonly string[] Lines = ["PAGE", "LINE"];
    private static readonly string[] Features =
        [.. Lines, "WORD", "SELECTION_ELEMENT", "TABLE", "CELL", "MERGED_CELL", "KEY_VALUE_SET"];

    /// <summary>The blocks that the output needs.</summary>
    public static IEnumerable<TextractBlock> Read(JsonElement answer, TextractInput input) => Items(answer, "Blocks")
        .Where(block => input.Pages.Count == 0 || input.Pages.Contains(GetPage(block)))
        .Where(block => (input.HasFeatures ? Features : Lines).Contains(Json.Text(block, "BlockType"))).Select(Read);

    public static IEnumerable<JsonElement> Items(JsonElement members, string name) =>
        Json.Member(members, name) is { ValueKind: JsonValueKind.Array } items ? items.EnumerateArray() : [];

    public static int GetPage(JsonElement block) => Number(block, nameof(Page));

    /// <summary>The bytes that the block takes in memory.</summary>
    public long EstimateBytes() =>
        BareBytes + (Id.Length + (Text?.Length ?? 0)) * sizeof(char)
            + Children.Concat(Values).Concat(Merged).Sum(id => BareIdBytes + id.Length * sizeof(char));

    private static TextractBlock Read(JsonElement block)
    {
        var (type, geometry) = (Json.Text(block, "BlockType")!, Json.Member(block, "Geometry"));
        var isPlain = Lines.Contains(type); // no table or form refers to it, and its words are in its text
        var related = Items(block, "Relationships").ToLookup(
            relation => Json.Text(relation, "Type"), relation => Items(relation, "Ids").Select(Json.Text).OfType<string>());
        return new TextractBlock(
            isPlain ? "" : Json.Text(block, "Id") ?? "", type, GetPage(block),
            type == "SELECTION_ELEMENT" ? Json.Text(block, "SelectionStatus") == "SELECTED" ? "[x]" : "[ ]" : Json.Text(block, "Text"),
            Json.Number(block, "Confidence") is >= 0 and <= 100 and var percent ? Math.Round(percent / 100, 4) : null,
            type == "LINE" ? GetBox(Json.Member(geometry, "BoundingBox")) : null,
            type == "PAGE" && Json.Number(geometry, "RotationAngle") is { } angle && double.IsFinite(angle) ? Math.Round(angle, 2) : null,
            Number(block, "RowIndex"), Number(block, "ColumnIndex"), Number(block, "RowSpan"), Number(block, "ColumnSpan"),
            Items(block, "EntityTypes").Any(entity => Json.Text(entity) == "KEY"),
            isPlain ? [] : [.. related["CHILD"].SelectMany(ids => ids)], [.. related["VALUE"].SelectMany(ids => ids)],
            [.. related["MERGED_CELL"].SelectMany(ids => ids)]);
    }

    private static TextBox? GetBox(JsonElement box) =>
        Json.Number(box, "Left") is { } left && Json.Number(box, "Top") is { } top && Json.Number(box, "Width") is { } width
            && Json.Number(box, "Height") is { } height ? new TextBox(left, top, left + width, top + height).Within() : null;

    private static int Number(JsonElement block, string name) => (int)Math.Clamp(Json.Number(block, name) ?? 1, 1, MaxNumber);
}
