using Connections.Connectors.Ocr;

namespace Connections.Connectors.Textract;

/// <summary>Puts the blocks of a document together.</summary>
internal sealed class TextractText
{
    private readonly IReadOnlyList<TextractBlock> blocks;
    private readonly Dictionary<string, TextractBlock> byId = new(StringComparer.Ordinal);

    private TextractText(IReadOnlyList<TextractBlock> blocks)
    {
        this.blocks = blocks;
        foreach (var block in blocks.Where(block => block.Id.Length > 0)) byId[block.Id] = block;
    }

    /// <param name="warnings">Those of Textract.</param>
    public static ExtractedText Create(IReadOnlyList<TextractBlock> blocks, TextractInput input, IEnumerable<string> warnings)
    {
        var text = new TextractText(blocks);
        return new ExtractedText([.. text.Pages], [.. input.Warnings, .. warnings])
        {
            Tables = input.Tables ? [.. text.Kind("TABLE").Select(text.Table)] : [],
            KeyValues = input.KeyValues ? [.. text.Kind("KEY_VALUE_SET").Where(block => block.IsKey).Select(text.KeyValue)] : []
        };
    }

    // Textract gives no size of a page, so boxes are all there is.
    private IEnumerable<ExtractedPage> Pages => blocks.GroupBy(block => block.Page).OrderBy(page => page.Key).Select(page =>
        new ExtractedPage(
            page.Key, 1, 1, "fraction",
            [.. page.Where(block => block.Type == "LINE").Select(line => new ExtractedLine(line.Text ?? "", line.Confidence, line.Box))])
        {
            Rotation = page.FirstOrDefault(block => block.Rotation is not null)?.Rotation
        });

    private IEnumerable<TextractBlock> Kind(string type) => blocks.Where(block => block.Type == type);

    private ExtractedTable Table(TextractBlock table)
    {
        var merged = Find(table.Merged).ToList();
        var covered = merged.SelectMany(cell => cell.Children).ToHashSet(StringComparer.Ordinal);
        var cells = Find(table.Children).Where(cell => cell.Type == "CELL" && !covered.Contains(cell.Id))
            .Select(cell => Cell(cell, Words(cell)))
            .Concat(merged.Select(cell => Cell(cell, Join(Find(cell.Children).Select(Words)))))
            .OrderBy(cell => cell.Row).ThenBy(cell => cell.Column).ToList();
        return new ExtractedTable(
            table.Page, cells.Select(cell => cell.Row + cell.RowSpan - 1).DefaultIfEmpty().Max(),
            cells.Select(cell => cell.Column + cell.ColumnSpan - 1).DefaultIfEmpty().Max(), cells);
    }

    private ExtractedKeyValue KeyValue(TextractBlock key) => new(
        Words(key), Join(Find(key.Values).Select(Words)), key.Confidence, key.Page);

    private static ExtractedCell Cell(TextractBlock cell, string text) =>
        new(cell.Row, cell.Column, cell.RowSpan, cell.ColumnSpan, text, cell.Confidence);

    private string Words(TextractBlock block) => Join(Find(block.Children).Select(word => word.Text ?? ""));

    private IEnumerable<TextractBlock> Find(IEnumerable<string> ids) =>
        ids.Select(id => byId.GetValueOrDefault(id)).OfType<TextractBlock>();

    private static string Join(IEnumerable<string> words) => string.Join(' ', words.Where(word => word.Length > 0));
}
