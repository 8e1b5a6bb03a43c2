using System.Text;
using MimeKit;
using MimeKit.Utils;

namespace Connections.Connectors.Imap;

/// <summary>The text of a part. Senders name charsets that do not exist, or that the text is not written in.</summary>
internal static class ForeignText
{
    /// <param name="encoded">The part as it was sent. It may end in the middle of a character.</param>
    public static string Decode(Stream encoded, string? transferEncoding, string? charset)
    {
        _ = MimeUtils.TryParse(transferEncoding ?? "", out ContentEncoding encoding);
        using var decoded = new MemoryStream();
        using var content = new MimeContent(encoded, encoding);
        content.DecodeTo(decoded);
        var bytes = decoded.GetBuffer().AsSpan(0, (int)decoded.Length);
        return Try(Find(charset), bytes) ?? Try(Find("utf-8"), bytes) ?? Encoding.Latin1.GetString(bytes);
    }

    private static Encoding? Find(string? charset)
    {
        try
        {
            var (encoder, decoder) = (EncoderFallback.ExceptionFallback, DecoderFallback.ExceptionFallback);
            return string.IsNullOrWhiteSpace(charset) ? null
                : CodePagesEncodingProvider.Instance.GetEncoding(charset, encoder, decoder) ?? Encoding.GetEncoding(charset, encoder, decoder);
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            return null;
        }
    }

    private static string? Try(Encoding? charset, ReadOnlySpan<byte> bytes)
    {
        if (charset is null) return null;
        var chars = new char[charset.GetMaxCharCount(bytes.Length)];
        try
        {
            return new string(chars, 0, charset.GetDecoder().GetChars(bytes, chars, flush: false));
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }
}
