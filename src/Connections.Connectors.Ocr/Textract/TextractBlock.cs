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

    // Words are only needed for tables and forms. The other types are not part of the output.
    private static readonly string[] Lines = ["PAGE", "LINE"];
    private static readonly string[] Features =
        [.. Lines, "WORD", "SELECTION_ELEMENT", "TABLE", "CELL", "MERGED_CELL", "KEY_VALUE_SET"];

    /// <param name="features">Whether to read tables and forms as well.</param>
    public static IEnumerable<TextractBlock> Read(JsonElement answer, bool features) => Items(answer, "Blocks")
        .Where(block => (features ? Features : Lines).Contains(Json.Text(block, "BlockType"))).Select(Read);

    public static IEnumerable<JsonElement> Items(JsonElement members, string name) =>
        Json.Member(members, name) is { ValueKind: JsonValueKind.Array } items ? items.EnumerateArray() : [];

    private static TextractBlock Read(JsonElement block)
    {
        var (type, geometry) = (Json.Text(block, "BlockType")!, Json.Member(block, "Geometry"));
        var related = Items(block, "Relationships").ToLookup(
            relation => Json.Text(relation, "Type"), relation => Items(relation, "Ids").Select(Json.Text).OfType<string>());
        return new TextractBlock(
            Json.Text(block, "Id") ?? "", type, Number(block, "Page"),
            type == "SELECTION_ELEMENT" ? Json.Text(block, "SelectionStatus") == "SELECTED" ? "[x]" : "[ ]" : Json.Text(block, "Text"),
            Json.Number(block, "Confidence") is >= 0 and <= 100 and var percent ? Math.Round(percent / 100, 4) : null,
            type == "LINE" ? GetBox(Json.Member(geometry, "BoundingBox")) : null,
            type == "PAGE" && Json.Number(geometry, "RotationAngle") is { } angle && double.IsFinite(angle) ? Math.Round(angle, 2) : null,
            Number(block, "RowIndex"), Number(block, "ColumnIndex"), Number(block, "RowSpan"), Number(block, "ColumnSpan"),
            Items(block, "EntityTypes").Any(entity => Json.Text(entity) == "KEY"),
            [.. related["CHILD"].SelectMany(ids => ids)], [.. related["VALUE"].SelectMany(ids => ids)],
            [.. related["MERGED_CELL"].SelectMany(ids => ids)]);
    }

    private static TextBox? GetBox(JsonElement box) =>
        Json.Number(box, "Left") is { } left && Json.Number(box, "Top") is { } top && Json.Number(box, "Width") is { } width
            && Json.Number(box, "Height") is { } height ? new TextBox(left, top, left + width, top + height).Within() : null;

    private static int Number(JsonElement block, string name) => (int)Math.Clamp(Json.Number(block, name) ?? 1, 1, MaxNumber);
}
