using System.Buffers;
using System.Buffers.Text;
using Connections.Credentials.Keys;

namespace Connections.Credentials.Sealing;

/// <summary>The format of sealed content: <c>v1.</c>, the name of the key, a dot, and the box in base64url, which has no dot.</summary>
internal static class SealedText
{
    private const string Version = "v1.";
    private const int OnStack = 1024;

    public static string Seal(AesKey key, string keyName, ReadOnlySpan<byte> clear, ReadOnlySpan<byte> boundTo)
    {
        var length = clear.Length + AesKey.Overhead;
        var rented = length > OnStack ? ArrayPool<byte>.Shared.Rent(length) : null;
        var box = rented is null ? stackalloc byte[OnStack] : rented;
        box = box[..length];
        key.Seal(clear, boundTo, box);
        var boxAt = Version.Length + keyName.Length + 1;
        var text = string.Create(boxAt + Base64Url.GetEncodedLength(length), new Parts(keyName, box), static (text, parts) =>
        {
            Version.CopyTo(text);
            parts.KeyName.CopyTo(text[Version.Length..]);
            text = text[(Version.Length + parts.KeyName.Length)..];
            text[0] = '.';
            Base64Url.EncodeToChars(parts.Box, text[1..]);
        });
        if (rented is not null) ArrayPool<byte>.Shared.Return(rented);
        return text;
    }

    public static byte[] Open(AesKey key, string sealedText, ReadOnlySpan<byte> boundTo)
    {
        var text = sealedText.AsSpan(sealedText.LastIndexOf('.') + 1);
        var length = Base64Url.GetMaxDecodedLength(text.Length);
        var rented = length > OnStack ? ArrayPool<byte>.Shared.Rent(length) : null;
        var box = rented is null ? stackalloc byte[OnStack] : rented;
        try
        {
            return Base64Url.DecodeFromChars(text, box, out _, out var written) == OperationStatus.Done
                ? key.Open(box[..written], boundTo)
                : throw Malformed();
        }
        finally
        {
            if (rented is not null) ArrayPool<byte>.Shared.Return(rented);
        }
    }

    /// <exception cref="FormatException">Not a sealed text. The message does not quote it, because it may be the plain text.</exception>
    public static MonthKey GetKey(string sealedText)
    {
        var end = sealedText.LastIndexOf('.');
        var wellFormed = end > Version.Length
            && sealedText.StartsWith(Version, StringComparison.Ordinal)
            && Base64Url.IsValid(sealedText.AsSpan(end + 1), out var length)
            && length >= AesKey.Overhead;
        return wellFormed && MonthKey.Parse(sealedText[Version.Length..end]) is { } key ? key : throw Malformed();
    }

    private static FormatException Malformed() => new("This is not a sealed text.");

    private readonly ref struct Parts(string keyName, ReadOnlySpan<byte> box)
    {
        public string KeyName { get; } = keyName;

        public ReadOnlySpan<byte> Box { get; } = box;
    }
}
