using System.Buffers;
using System.Net.Http.Headers;

namespace Connections.Connectors.Http;

internal sealed class ResponseTooLargeException(int limit) : Exception
{
    /// <summary>The largest body that is read, in bytes.</summary>
    public int Limit => limit;
}

/// <summary>Reads the body of every foreign response, whoever calls: its bytes without their content coding, and its type.</summary>
internal static class ResponseBody
{
    /// <summary>Reads the whole body. The headers then describe the body as it is returned.</summary>
    /// <exception cref="BrokenOffException">The body is not complete.</exception>
    /// <exception cref="ResponseTooLargeException">The body is larger than the limit.</exception>
    public static async Task<byte[]> Read(HttpContent content, int limit, CancellationToken ct)
    {
        var packed = await Bytes(content, limit, ct);
        var body = ContentCoding.Unpack(packed, Codings(content.Headers), limit, out var unpacked);
        if (!unpacked) return body;
        content.Headers.Remove("Content-Encoding");
        content.Headers.Remove("Content-Length");
        return body;
    }

    /// <summary>The media type and its charset, also of headers that break the rules. Empty and null if there are none.</summary>
    public static (string Type, string? Charset) MediaType(HttpContentHeaders headers)
    {
        if (!headers.NonValidated.TryGetValues("Content-Type", out var values)) return ("", null);
        var parts = values.ToString().Split(',')[0].Split(';', StringSplitOptions.TrimEntries);
        var charset = parts.Skip(1).Select(part => part.Split('=', 2, StringSplitOptions.TrimEntries))
            .FirstOrDefault(part => part.Length == 2 && part[0].Equals("charset", StringComparison.OrdinalIgnoreCase));
        return (parts[0], charset?[1].Trim('"', '\'', ' '));
    }

    private static async Task<byte[]> Bytes(HttpContent content, int limit, CancellationToken ct)
    {
        await using var stream = await content.ReadAsStreamAsync(ct);
        var whole = new ArrayBufferWriter<byte>();
        int read;
        while ((read = await stream.ReadAsync(whole.GetMemory(16 * 1024), ct)) > 0)
        {
            whole.Advance(read);
            if (whole.WrittenCount > limit) throw new ResponseTooLargeException(limit);
        }

        return whole.WrittenSpan.ToArray();
    }

    private static string[] Codings(HttpContentHeaders headers) => headers.NonValidated.TryGetValues("Content-Encoding", out var values)
        ? values.ToString().Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) : [];
}
