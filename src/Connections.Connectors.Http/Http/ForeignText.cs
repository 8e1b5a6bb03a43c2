using System.Text;
using System.Text.Unicode;

namespace Connections.Connectors.Http;

/// <summary>Decodes the texts of others.</summary>
internal static class ForeignText
{
    private static readonly UTF8Encoding Utf = new(false, throwOnInvalidBytes: true);

    /// <summary>
    /// The text of bytes in the charset that a response names, or in UTF-8. Null if the bytes are no text: they are invalid, or contain a
    /// null character.
    /// </summary>
    public static string? Decode(byte[] bytes, string? charset)
    {
        var named = string.IsNullOrEmpty(charset) ? null : Find(charset);
        var unicode = named is null || named.WebName.StartsWith("utf-", StringComparison.OrdinalIgnoreCase);
        return (unicode ? TryDecode(bytes, Marked(bytes)) : null) ?? TryDecode(bytes, named) ?? TryDecode(bytes, Utf);
    }

    /// <summary>A header. HTTP clients read headers as Latin-1, but many servers write them in UTF-8.</summary>
    public static string Header(string value)
    {
        if (Ascii.IsValid(value) || value.Any(c => c > '\u00FF')) return value;
        var bytes = Encoding.Latin1.GetBytes(value);
        return Utf8.IsValid(bytes) ? Encoding.UTF8.GetString(bytes) : value;
    }

    private static Encoding? Find(string charset)
    {
        try
        {
            var name = charset.StartsWith("cp125", StringComparison.OrdinalIgnoreCase) ? $"windows-{charset[2..]}" : charset;
            return CodePagesEncodingProvider.Instance.GetEncoding(name, EncoderFallback.ExceptionFallback, DecoderFallback.ExceptionFallback)
                ?? Encoding.GetEncoding(name, EncoderFallback.ExceptionFallback, DecoderFallback.ExceptionFallback);
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            return null; // unknown, or not safe (UTF-7)
        }
    }

    /// <summary>The encoding that a byte order mark names.</summary>
    private static Encoding? Marked(byte[] bytes) => bytes switch
    {
        [0xEF, 0xBB, 0xBF, ..] => Utf,
        [0xFF, 0xFE, ..] => new UnicodeEncoding(false, true, throwOnInvalidBytes: true),
        [0xFE, 0xFF, ..] => new UnicodeEncoding(true, true, throwOnInvalidBytes: true),
        _ => null
    };

    private static string? TryDecode(byte[] bytes, Encoding? encoding)
    {
        if (encoding is null) return null;
        try
        {
            var text = encoding.GetString(bytes);
            return text.Contains('\0') ? null : text.StartsWith('\uFEFF') ? text[1..] : text;
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }
}
