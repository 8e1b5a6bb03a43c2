using System.Buffers.Text;
using System.Security.Cryptography;

namespace Connections.Console.Rendering;

/// <summary>
/// Masks the token of a session's forms with fresh random bytes for each page, so that the size of a packed page tells nothing about it.
/// </summary>
internal static class FormTokens
{
    public const string Field = "form-token";

    private const int Length = 32;

    public static string Mask(string token)
    {
        var bytes = Base64Url.DecodeFromChars(token);
        var mask = RandomNumberGenerator.GetBytes(Length);
        return Base64Url.EncodeToString([.. mask, .. Xor(bytes, mask)]);
    }

    /// <summary>Null for a text that is no masked token.</summary>
    public static string? Unmask(string? masked)
    {
        if (masked is null || masked.Length > 128 || !Base64Url.IsValid(masked)) return null;
        var bytes = Base64Url.DecodeFromChars(masked);
        return bytes.Length == 2 * Length ? Base64Url.EncodeToString(Xor(bytes[Length..], bytes[..Length])) : null;
    }

    private static byte[] Xor(byte[] a, byte[] b) => [.. a.Zip(b, (x, y) => (byte)(x ^ y))];
}
