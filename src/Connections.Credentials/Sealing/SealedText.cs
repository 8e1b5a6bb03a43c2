using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using Connections.Credentials.Keys;

namespace Connections.Credentials.Sealing;

/// <summary>The format of sealed content: <c>v1.2026-11.</c> followed by the box in base64url.</summary>
internal static class SealedText
{
    private const string Version = "v1.";
    private const int MonthLength = 7;
    private const int BoxAt = 11;
    private const int OnStack = 1024;

    public static string Month(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM", CultureInfo.InvariantCulture);

    public static string Seal(AesKey key, string month, ReadOnlySpan<byte> clear, ReadOnlySpan<byte> boundTo)
    {
        var length = clear.Length + AesKey.Overhead;
        var rented = length > OnStack ? ArrayPool<byte>.Shared.Rent(length) : null;
        var box = rented is null ? stackalloc byte[OnStack] : rented;
        box = box[..length];
        key.Seal(clear, boundTo, box);
        var text = string.Create(BoxAt + Base64Url.GetEncodedLength(length), new Parts(month, box), static (text, parts) =>
        {
            Version.CopyTo(text);
            parts.Month.CopyTo(text[Version.Length..]);
            text[BoxAt - 1] = '.';
            Base64Url.EncodeToChars(parts.Box, text[BoxAt..]);
        });
        if (rented is not null) ArrayPool<byte>.Shared.Return(rented);
        return text;
    }

    public static byte[] Open(AesKey key, string sealedText, ReadOnlySpan<byte> boundTo)
    {
        var length = Base64Url.GetMaxDecodedLength(sealedText.Length - BoxAt);
        var rented = length > OnStack ? ArrayPool<byte>.Shared.Rent(length) : null;
        var box = rented is null ? stackalloc byte[OnStack] : rented;
        try
        {
            return Base64Url.DecodeFromChars(sealedText.AsSpan(BoxAt), box, out _, out var written) == OperationStatus.Done
                ? key.Open(box[..written], boundTo)
                : throw Malformed();
        }
        finally
        {
            if (rented is not null) ArrayPool<byte>.Shared.Return(rented);
        }
    }

    /// <exception cref="FormatException">Not a sealed text. The message does not quote it, because it may be the plain text.</exception>
    public static string GetMonth(string sealedText)
    {
        var wellFormed = sealedText.Length > BoxAt
            && sealedText.StartsWith(Version, StringComparison.Ordinal)
            && sealedText[BoxAt - 1] == '.'
            && IsMonth(sealedText.AsSpan(Version.Length, MonthLength))
            && Base64Url.IsValid(sealedText.AsSpan(BoxAt), out var length)
            && length >= AesKey.Overhead;
        return wellFormed ? sealedText.Substring(Version.Length, MonthLength) : throw Malformed();
    }

    private static bool IsMonth(ReadOnlySpan<char> text) =>
        text[4] == '-'
        && !text[..4].ContainsAnyExceptInRange('0', '9')
        && int.TryParse(text[5..], NumberStyles.None, CultureInfo.InvariantCulture, out var month)
        && month is >= 1 and <= 12;

    private static FormatException Malformed() => new("This is not a sealed text.");

    private readonly ref struct Parts(string month, ReadOnlySpan<byte> box)
    {
        public string Month { get; } = month;

        public ReadOnlySpan<byte> Box { get; } = box;
    }
}
