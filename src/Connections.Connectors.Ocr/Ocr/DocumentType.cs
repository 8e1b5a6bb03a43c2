namespace Connections.Connectors.Ocr;

/// <summary>The kinds of documents, by their first bytes: names and content types of files are often wrong.</summary>
internal static class DocumentType
{
    public const string Pdf = "application/pdf";
    public const string Tiff = "image/tiff";
    public const string Gif = "image/gif";
    public const string Png = "image/png";
    public const string Jpeg = "image/jpeg";

    /// <summary>The content type; null for another kind of file.</summary>
    public static string? Find(ReadOnlySpan<byte> bytes)
    {
        if (bytes.StartsWith("II*\0"u8) || bytes.StartsWith("MM\0*"u8)) return Tiff;
        if (bytes.StartsWith("GIF87a"u8) || bytes.StartsWith("GIF89a"u8)) return Gif;
        if (bytes.StartsWith((ReadOnlySpan<byte>)[0x89, 0x50, 0x4E, 0x47])) return Png;
        if (bytes.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xD8, 0xFF])) return Jpeg;
        if (bytes.StartsWith("BM"u8)) return "image/bmp";
        if (bytes.Length > 12 && bytes.StartsWith("RIFF"u8) && bytes[8..].StartsWith("WEBP"u8)) return "image/webp";
        // A PDF may begin with other bytes (ISO 32000, annex H).
        return bytes[..Math.Min(bytes.Length, 1024)].IndexOf("%PDF-"u8) >= 0 ? Pdf : null;
    }
}
