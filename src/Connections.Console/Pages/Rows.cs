using System.Text.Json;

namespace Connections.Console.Pages;

/// <summary>An output that is a table: the columns and rows of a query.</summary>
internal sealed record Rows(IReadOnlyList<string> Columns, IReadOnlyList<IReadOnlyList<string>> Lines, bool Truncated)
{
    /// <summary>Null for an output of another form.</summary>
    public static Rows? Read(JsonElement? output)
    {
        if (output is not { ValueKind: JsonValueKind.Object } table || !IsArray(table, "columns", out var columns) || !IsArray(table, "rows", out var rows))
            return null;
        if (columns.EnumerateArray().Any(c => c.ValueKind != JsonValueKind.Object) || rows.EnumerateArray().Any(r => r.ValueKind != JsonValueKind.Array)) return null;
        return new Rows(
            [.. columns.EnumerateArray().Select(c => c.TryGetProperty("name", out var name) ? Text(name) : "")],
            [.. rows.EnumerateArray().Select(r => (IReadOnlyList<string>)[.. r.EnumerateArray().Select(Text)])],
            table.TryGetProperty("truncated", out var cut) && cut.ValueKind == JsonValueKind.True);
    }

    private static bool IsArray(JsonElement table, string name, out JsonElement array) =>
        table.TryGetProperty(name, out array) && array.ValueKind == JsonValueKind.Array;

    private static string Text(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString()!,
        JsonValueKind.Null => "",
        _ => value.GetRawText()
    };
}
