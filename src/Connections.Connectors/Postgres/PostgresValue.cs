using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Connections.Connectors.Postgres;

/// <summary>A value in the server's text, as JSON.</summary>
internal static class PostgresValue
{
    private const long LargestExact = 1L << 53;
    private const int ExactDigits = 15;
    private const int JsonDepth = 32;
    private static readonly SearchValues<char> NumberCharacters = SearchValues.Create("0123456789.+-e");

    public static void Write(Utf8JsonWriter writer, PostgresForm form, string text)
    {
        switch (form)
        {
            case PostgresForm.Boolean:
                writer.WriteBooleanValue(text == "t");
                break;
            case PostgresForm.Number when FitsDouble(text):
                writer.WriteRawValue(text);
                break;
            case PostgresForm.Bytes when text.StartsWith("\\x", StringComparison.Ordinal):
                writer.WriteBase64StringValue(Convert.FromHexString(text.AsSpan(2)));
                break;
            case PostgresForm.Json when IsReadable(text):
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

    /// <summary>Whether a reader that knows only doubles gets the very number; NaN, Infinity and longer ones are written as texts.</summary>
    private static bool FitsDouble(string text)
    {
        if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole))
            return whole is >= -LargestExact and <= LargestExact;
        if (text.AsSpan().ContainsAnyExcept(NumberCharacters)) return false;
        if (text.Contains('e')) return true; // only real and double precision are written so, as the shortest text of the very value
        var digits = 0;
        foreach (var c in text) digits += char.IsAsciiDigit(c) && (digits > 0 || c != '0') ? 1 : 0;
        return digits <= ExactDigits || text == double.Parse(text, CultureInfo.InvariantCulture).ToString("R", CultureInfo.InvariantCulture);
    }

    // half a surrogate pair in \u escapes, or too deep a nesting, is valid for the server and breaks readers
    private static bool IsReadable(string text)
    {
        var reader = new Utf8JsonReader(Encoding.UTF8.GetBytes(text), new JsonReaderOptions { MaxDepth = JsonDepth });
        try
        {
            while (reader.Read())
                if (reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName) _ = reader.GetString();
            return true;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return false;
        }
    }

    // 2026-01-31 09:30:00+00 → 2026-01-31T09:30:00Z; infinity stays; BC stays at the end
    private static string Iso(string text)
    {
        var space = text.IndexOf(' ');
        if (space < 0 || !char.IsAsciiDigit(text[0])) return text;
        var (rest, era) = text.EndsWith(" BC", StringComparison.Ordinal) ? (text[(space + 1)..^3], " BC") : (text[(space + 1)..], "");
        if (rest.EndsWith("+00", StringComparison.Ordinal)) rest = rest[..^3] + "Z";
        return $"{text[..space]}T{rest}{era}";
    }
}
