using System.Text.Json;
using Connections.Connectors.Catalogue;

namespace Connections.Connectors.Textract;

/// <summary>The input of an activity, beside the file.</summary>
/// <param name="Pages">Empty: all.</param>
internal sealed record TextractInput(bool Tables, bool KeyValues, IReadOnlyCollection<int> Pages, IReadOnlyList<string> Warnings)
{
    /// <summary>Whether more than the text is read, which costs more.</summary>
    public bool HasFeatures => Tables || KeyValues;

    /// <param name="isImage">An image has one page.</param>
    public static TextractInput Parse(JsonElement input, bool isImage)
    {
        var warnings = new List<string>();
        if (TextractBlock.Items(input, "languages").Any())
            warnings.Add("Textract finds the language by itself, so languages was not used.");
        var pages = TextractBlock.Items(input, "pages").Select(page => page.GetInt32()).ToHashSet();
        if (pages.Count > 0 && !isImage)
            warnings.Add("Textract read, and charges, all pages of the document. The output contains those in pages.");
        return new TextractInput(IsSet(input, "tables"), IsSet(input, "keyValues"), pages, warnings);
    }

    public void WriteFeatures(Utf8JsonWriter writer)
    {
        if (!HasFeatures) return;
        writer.WriteStartArray("FeatureTypes");
        if (Tables) writer.WriteStringValue("TABLES");
        if (KeyValues) writer.WriteStringValue("FORMS");
        writer.WriteEndArray();
    }

    private static bool IsSet(JsonElement input, string name) => Json.Member(input, name).ValueKind == JsonValueKind.True;
}
