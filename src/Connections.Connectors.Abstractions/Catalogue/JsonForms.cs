using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Connections.Connectors.Catalogue;

/// <summary>Decides which database texts can be written to JSON unchanged.</summary>
internal static class JsonForms
{
    private const long LargestExact = 1L << 53;
    private const int ExactDigits = 15;
    private const int JsonDepth = 32;
    private static readonly SearchValues<char> NumberCharacters = SearchValues.Create("0123456789.+-e");

    /// <summary>Whether a double holds the number exactly. NaN, Infinity and longer numbers are written as texts.</summary>
    public static bool FitsDouble(string text)
    {
        if (text.AsSpan().ContainsAnyExcept(NumberCharacters)) return false;
        if (text.Contains('e')) return true; // only real and double precision use exponents, in the shortest exact form
        var number = text.Contains('.') ? text.TrimEnd('0').TrimEnd('.') : text; // 2.5000 is 2.5
        if (long.TryParse(number, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole))
            return whole is >= -LargestExact and <= LargestExact;
        var digits = 0;
        foreach (var c in number) digits += char.IsAsciiDigit(c) && (digits > 0 || c != '0') ? 1 : 0;
        return digits <= ExactDigits
            || number == double.Parse(number, CultureInfo.InvariantCulture).ToString("R", CultureInfo.InvariantCulture);
    }

    // The server accepts unpaired surrogates in \u escapes and deep nesting. JSON readers fail on both.
    public static bool IsReadable(string text)
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
}
