using System.Text.Json;
using Connections.Connectors.Catalogue;

namespace Connections.Connectors.Postgres;

/// <summary>Converts a value from the server's text to JSON.</summary>
internal static class PostgresValue
{
    public static void Write(Utf8JsonWriter writer, PostgresForm form, string text)
    {
        switch (form)
        {
            case PostgresForm.Boolean:
                writer.WriteBooleanValue(text == "t");
                break;
            case PostgresForm.Number when JsonForms.FitsDouble(text):
                writer.WriteRawValue(text);
                break;
            case PostgresForm.Bytes when text.StartsWith("\\x", StringComparison.Ordinal):
                writer.WriteBase64StringValue(Convert.FromHexString(text.AsSpan(2)));
                break;
            case PostgresForm.Json when JsonForms.IsReadable(text):
                writer.WriteRawValue(text, skipInputValidation: true);
                break;
            case PostgresForm.Timestamp:
                writer.WriteStringValue(Iso(text));
                break;
            case PostgresForm.Nothing:
                writer.WriteNullValue();
                break;
            default:
                writer.WriteStringValue(text);
                break;
        }
    }

    // 2026-01-31 09:30:00+00 becomes 2026-01-31T09:30:00Z. The values infinity and the suffix BC stay.
    private static string Iso(string text)
    {
        var space = text.IndexOf(' ');
        if (space < 0 || !char.IsAsciiDigit(text[0])) return text;
        var (rest, era) = text.EndsWith(" BC", StringComparison.Ordinal) ? (text[(space + 1)..^3], " BC") : (text[(space + 1)..], "");
        if (rest.EndsWith("+00", StringComparison.Ordinal)) rest = rest[..^3] + "Z";
        return $"{text[..space]}T{rest}{era}";
    }
}
