using System.Buffers;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text.Unicode;

namespace Connections.Connectors.Http;

/// <summary>A packed body that ended too early, or is damaged.</summary>
internal sealed class BrokenOffException(string coding) : IOException($"The answer broke off: its {coding} data is incomplete or damaged.");

/// <summary>Unpacks bodies. .NET's own unpacking takes a body that broke off for a whole one, and fails on a body that is not packed.</summary>
internal static class ContentCoding
{
    /// <summary>The codings that requests accept unless they name others.</summary>
    public const string Accepted = "gzip, deflate, br";

    private const int MaxLayers = 4;

    private static readonly SearchValues<byte> Controls =
        SearchValues.Create([.. Enumerable.Range(0, 32).Except([9, 10, 12, 13]).Select(b => (byte)b), 127]);

    // Is put behind a gzip body. A body that ended is followed by a second one, and what comes out ends with the mark.
    private static readonly byte[] Mark = RandomNumberGenerator.GetBytes(24);
    private static readonly byte[] PackedMark = Pack(Mark);

    /// <param name="codings">In the order in which they were applied.</param>
    /// <param name="unpacked">False if the body is returned as it came: it has none of the codings.</param>
    /// <exception cref="BrokenOffException">The body is not complete.</exception>
    /// <exception cref="ResponseTooLargeException">The body is larger than the limit.</exception>
    public static byte[] Unpack(byte[] body, IReadOnlyList<string> codings, int limit, out bool unpacked)
    {
        unpacked = false;
        if (codings.Count > MaxLayers) return body;
        foreach (var coding in codings.Reverse())
        {
            if (coding.Equals("identity", StringComparison.OrdinalIgnoreCase)) continue;
            if (Unpack(body, coding.ToLowerInvariant(), limit) is not { } inner) return body;
            (body, unpacked) = (inner, true);
        }

        return body;
    }

    /// <returns>Null if the body does not have this coding.</returns>
    private static byte[]? Unpack(byte[] body, string coding, int limit) => coding switch
    {
        _ when body.Length == 0 => null,
        "gzip" or "x-gzip" when !IsGzip(body) => null,
        "gzip" or "x-gzip" => Read(body, coding, limit, source => new GZipStream(source, CompressionMode.Decompress), PackedMark),
        "deflate" when IsZlib(body) => Read(body, coding, limit, source => new ZLibStream(source, CompressionMode.Decompress), []),
        "deflate" => Read(body, coding, limit, source => new DeflateStream(source, CompressionMode.Decompress), []),
        "br" => Read(body, coding, limit, source => new BrotliStream(source, CompressionMode.Decompress), []),
        _ => null
    };

    private static byte[]? Read(byte[] body, string coding, int limit, Func<Stream, Stream> open, byte[] mark)
    {
        var source = new PackedStream(body, mark);
        var whole = new ArrayBufferWriter<byte>();
        try
        {
            using var stream = open(source);
            int read;
            while ((read = stream.Read(whole.GetSpan(16 * 1024))) > 0)
            {
                whole.Advance(read);
                if (whole.WrittenCount > limit + Mark.Length) throw new ResponseTooLargeException(limit);
            }

            if (!source.Ended) return whole.WrittenSpan.ToArray();
            if (mark.Length > 0 && whole.WrittenSpan.EndsWith(Mark)) return whole.WrittenSpan[..^Mark.Length].ToArray();
        }
        catch (Exception e) when (e is InvalidDataException or InvalidOperationException or IOException)
        {
            // The data is damaged, or not packed.
        }

        return IsText(body) ? null : throw new BrokenOffException(coding);
    }

    private static bool IsGzip(byte[] body) => body[0] == 0x1F && (body.Length == 1 || body[1] == 0x8B);

    // RFC 1950. Many servers send the data without this head, although RFC 9110 asks for it.
    private static bool IsZlib(byte[] body) => body.Length == 1 ? body[0] == 0x78 : (body[0] & 0x0F) == 8 && ((body[0] << 8) | body[1]) % 31 == 0;

    // Packed data is practically never text.
    private static bool IsText(byte[] body) => Utf8.IsValid(body) && !body.AsSpan().ContainsAny(Controls);

    private static byte[] Pack(byte[] body)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true)) gzip.Write(body);
        return packed.ToArray();
    }
}
