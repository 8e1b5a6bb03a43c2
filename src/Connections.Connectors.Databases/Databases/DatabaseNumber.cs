using System.Globalization;
using System.Text.Json;
using Connections.Connectors.Catalogue;

namespace Connections.Connectors.Databases;

/// <summary>Converts numbers between JSON and a database without losing digits.</summary>
internal static class DatabaseNumber
{
    /// <summary>Writes a number if a double holds it exactly, otherwise a text.</summary>
    public static void Write(Utf8JsonWriter writer, string text)
    {
        var number = text.Replace('E', 'e');
        if (JsonForms.FitsDouble(number)) writer.WriteRawValue(number);
        else writer.WriteStringValue(number);
    }

    /// <summary>The value as an integer, a decimal, a double, or as text if none of them holds it.</summary>
    public static object Parse(JsonElement value)
    {
        if (value.TryGetInt64(out var whole)) return whole;
        const NumberStyles style = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint;
        var text = value.GetRawText();
        return text.Count(char.IsAsciiDigit) <= 28 && decimal.TryParse(text, style, CultureInfo.InvariantCulture, out var exact) ? exact
            : text.Contains('e', StringComparison.OrdinalIgnoreCase) && value.TryGetDouble(out var wide) ? wide
            : text;
    }
}
