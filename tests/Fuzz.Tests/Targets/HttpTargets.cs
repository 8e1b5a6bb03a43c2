using System.IO.Compression;
using System.Text;
using System.Text.Json;
using Connections.Connectors.Http;
using Connections.Connectors.Signing;
using Fuzz.Tests.Harness;

namespace Fuzz.Tests.Targets;

/// <summary>Responses of APIs.</summary>
internal static class HttpTargets
{
    private const int Limit = 192 * 1024;
    private static readonly byte[] Body =
        JsonSerializer.SerializeToUtf8Bytes(Enumerable.Range(0, 60).Select(i => new { i, name = $"Zoë {i * 7919}" }));

    private static readonly string[] Codings = ["gzip", "x-gzip", "deflate", "br"];

    public static IReadOnlyList<FuzzTarget> All { get; } =
    [
        new("http-response", [Response("application/json; charset=utf-8", "{\"ok\":true,\"name\":\"Zoë\"}"u8.ToArray()),
                Response("application/json", Pack(Body, "gzip"), "Content-Encoding: gzip\r\n"),
                Response("text/html; charset=windows-1252", [0x5A, 0xEB], "X-Name: Zoë\r\n"),
                [.. "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Type: text/plain\r\n\r\n5\r\nhello\r\n0\r\n\r\n"u8],
                [.. "HTTP/1.1 302 Found\r\nLocation: http://api.test/next\r\nContent-Length: 0\r\n\r\n"u8],
                [.. "HTTP/1.1 429 Slow\r\nRetry-After: 30\r\nContent-Length: 0\r\n\r\n"u8]],
            ["X(bad): v\r\n", "Content-Encoding: gzip\r\n", "Content-Encoding: gzip, br\r\n", "charset=utf8", "charset=utf-7", "charset=GBK",
                "Retry-After: ", "Location: //\r\n", "Content-Length: ", "99999999999", "Transfer-Encoding: chunked\r\n",
                "HTTP/1.1 100 Continue\r\n\r\n", "Content-Type: "],
            Call),
        new("packed-body", [Body, "{}"u8.ToArray(), "plain text"u8.ToArray(), Pack(Body, "gzip")], [], Unpack),
        new("coded-body", [.. Codings.Select(coding => (byte[])[(byte)Array.IndexOf(Codings, coding), .. Pack(Body, coding)])], [], Decode)
    ];

    private static async Task Call(byte[] raw)
    {
        using var handler = new SocketsHttpHandler
        {
            UseProxy = false,
            AllowAutoRedirect = false,
            ConnectCallback = (_, _) => new(new ScriptedStream(raw))
        };
        using var client = new HttpMessageInvoker(new SentRequestTracker(handler));
        var target = HttpTarget.Parse("http://api.test/", out _)!;
        var signer = new NoSigner();
        var request = ApiRequest.Create(HttpMethod.Get, "/", [], default, target, signer, out _)!;
        var (response, failure) = await new HttpCall(target, signer, _ => client, TimeProvider.System).Send(request, CancellationToken.None);
        if (response is null == failure is null) throw new InvalidOperationException("There must be a response or a failure.");
        if (response is not null) _ = (response.Failure, JsonSerializer.Serialize(response.Output));
    }

    // Whatever is cut off a packed body, it is never taken for a shorter one.
    private static Task Unpack(byte[] body)
    {
        foreach (var coding in Codings)
        {
            var packed = Pack(body, coding);
            if (packed.Length == 0) continue; // an empty body
            if (!ContentCoding.Unpack(packed, [coding], Limit, out _).AsSpan().SequenceEqual(body))
                throw new InvalidOperationException($"{coding}: not the body.");
            var rest = packed[..^(1 + (body.Length % packed.Length))];
            if (TryUnpack(rest, coding) is { } shorter && !shorter.AsSpan().SequenceEqual(rest))
                throw new InvalidOperationException($"{coding}: a shorter body.");
        }

        return Task.CompletedTask;
    }

    private static Task Decode(byte[] input)
    {
        if (input.Length == 0) return Task.CompletedTask;
        var (coding, bytes) = (Codings[input[0] % Codings.Length], input[1..]);
        if (TryUnpack(bytes, coding) is { Length: > Limit + 64 }) throw new InvalidOperationException("The body is larger than the limit.");
        var named = Encoding.Latin1.GetString(bytes.AsSpan(0, Math.Min(20, bytes.Length)));
        foreach (var charset in (string?[])[null, "utf8", "utf-7", "utf-16", "GBK", "windows-1252", "iso-2022-jp", named])
            if (ForeignText.Decode(bytes, charset)?.Contains('\0') == true) throw new InvalidOperationException("A text with a null character.");
        return Task.CompletedTask;
    }

    private static byte[]? TryUnpack(byte[] packed, string coding)
    {
        try
        {
            return ContentCoding.Unpack(packed, [coding], Limit, out _);
        }
        catch (Exception e) when (e is BrokenOffException or ResponseTooLargeException)
        {
            return null;
        }
    }

    private static byte[] Response(string type, byte[] body, string more = "") =>
        [.. Encoding.UTF8.GetBytes($"HTTP/1.1 200 OK\r\nContent-Type: {type}\r\n{more}Content-Length: {body.Length}\r\n\r\n"), .. body];

    private static byte[] Pack(byte[] body, string coding)
    {
        using var packed = new MemoryStream();
        using (Stream stream = coding switch
        {
            "br" => new BrotliStream(packed, CompressionLevel.Fastest, leaveOpen: true),
            "deflate" => new ZLibStream(packed, CompressionLevel.Fastest, leaveOpen: true),
            _ => new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true)
        }) stream.Write(body);
        return packed.ToArray();
    }
}
