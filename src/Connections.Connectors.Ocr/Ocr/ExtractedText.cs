namespace Connections.Connectors.Ocr;

/// <summary>The text of a document, in the form that every recognition service is converted to.</summary>
internal sealed record ExtractedText(IReadOnlyList<ExtractedPage> Pages, IReadOnlyList<string> Warnings)
{
    /// <summary>The lines of all pages.</summary>
    public string Text => string.Join('\n', Pages.SelectMany(page => page.Lines).Select(line => line.Text));

    public IReadOnlyList<ExtractedTable> Tables { get; init; } = [];

    public IReadOnlyList<ExtractedKeyValue> KeyValues { get; init; } = [];
}

/// <param name="Number">From 1.</param>
/// <param name="Unit">The unit of width and height: <c>pixel</c>, <c>point</c> or <c>fraction</c> (the service gives no size).</param>
internal sealed record ExtractedPage(int Number, double Width, double Height, string Unit, IReadOnlyList<ExtractedLine> Lines)
{
    /// <summary>The rotation of the text in degrees; null if the service gives none.</summary>
    public double? Rotation { get; init; }
}

/// <param name="Confidence">0 to 1; null if the service gives none.</param>
internal sealed record ExtractedLine(string Text, double? Confidence, TextBox? Box);

internal sealed record ExtractedTable(int Page, int Rows, int Columns, IReadOnlyList<ExtractedCell> Cells);

/// <param name="Row">From 1.</param>
/// <param name="Column">From 1.</param>
internal sealed record ExtractedCell(int Row, int Column, int RowSpan, int ColumnSpan, string Text, double? Confidence);

internal sealed record ExtractedKeyValue(string Key, string Value, double? Confidence, int Page);

/// <summary>A box in fractions of its page.</summary>
internal readonly record struct TextBox(double Left, double Top, double Right, double Bottom)
{
    /// <summary>The smallest box that holds both.</summary>
    public TextBox With(TextBox other) => new(
        Math.Min(Left, other.Left), Math.Min(Top, other.Top), Math.Max(Right, other.Right), Math.Max(Bottom, other.Bottom));

    /// <summary>Services name points slightly beside the page.</summary>
    public TextBox Within() => new(Part(Left), Part(Top), Part(Right), Part(Bottom));

    private static double Part(double value) => Math.Round(Math.Clamp(value, 0, 1), 5);
}
