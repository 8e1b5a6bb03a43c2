using System.Text;
using Connections.Domain;
using Connectors.Tests.Rogue;

namespace Connectors.Tests.Http;

/// <summary>Response headers as APIs write them, byte by byte.</summary>
public sealed class ForeignHeaderTests
{
    [Theory]
    [InlineData("X(bad): v")]
    [InlineData("X bad: v")]
    [InlineData(": v")]
    [InlineData("no colon")]
    public async Task A_header_that_cannot_be_read_is_named_and_not_repeated(string header)
    {
        var requests = 0;
        using var server = Raw($"HTTP/1.1 200 OK\r\n{header}\r\nContent-Type: text/plain\r\n\r\nok", () => Interlocked.Increment(ref requests));
        await using var api = new Api($"http://api.test:{server.Port}");
        var failed = await api.Fails(new { method = "GET", path = "/" });
        Assert.Equal((FailureKind.InvalidInput, Delivered.Maybe, true), (failed.Kind, failed.Delivered, failed.Answered));
        Assert.StartsWith("The API's response has a header that cannot be read", failed.Message, StringComparison.Ordinal);
        Assert.Equal(1, requests);
    }

    [Fact]
    public async Task Headers_that_are_too_long_are_named_and_not_repeated()
    {
        var requests = 0;
        using var server = Raw($"HTTP/1.1 200 OK\r\nX: {new string('x', 70_000)}\r\n\r\nok", () => Interlocked.Increment(ref requests));
        await using var api = new Api($"http://api.test:{server.Port}");
        var failed = await api.Fails(new { method = "GET", path = "/" });
        Assert.Equal((FailureKind.InvalidInput, true, 1), (failed.Kind, failed.Answered, requests));
        Assert.Contains("64 KB", failed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_quoted_header_holds_no_secret()
    {
        using var server = Raw($"HTTP/1.1 200 OK\r\nbad {Api.Token}\r\n\r\n", () => { });
        await using var api = new Api($"http://api.test:{server.Port}");
        var failed = await api.Fails(new { method = "GET", path = "/" });
        Assert.Contains("bad ***", failed.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("bad", failed.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("utf-8", "Zoë 中")]
    [InlineData("iso-8859-1", "Zoë ÿ")]
    [InlineData("us-ascii", "Zoe")]
    public async Task A_header_is_read_as_UTF_8_where_it_is(string encoding, string value)
    {
        byte[] answer = [.. "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nX-Name: "u8, .. Encoding.GetEncoding(encoding).GetBytes(value), .. "\r\n\r\n"u8];
        using var server = Raw(answer, () => { });
        await using var api = new Api($"http://api.test:{server.Port}");
        Assert.Equal(value, (await api.Done(new { method = "GET", path = "/" })).GetProperty("headers").GetProperty("x-name").GetString());
    }

    [Theory]
    [InlineData("http:///")]
    [InlineData("//")]
    [InlineData("http://[::1")]
    [InlineData("http://a b/")]
    [InlineData("//[bad]/x")]
    [InlineData("ftp://api.test/")]
    [InlineData("http://api.tect\u00afnext")]
    [InlineData("//\u0080/x")]
    [InlineData("//a\u00adb\u00a8.test/")]
    [InlineData("http://xn--\u00ff.test/")]
    [InlineData("http://ü..test/")]
    [InlineData("https://\u00a0/")]
    public async Task A_redirect_to_no_address_is_a_response(string location)
    {
        using var server = Raw($"HTTP/1.1 302 Found\r\nLocation: {location}\r\nContent-Length: 0\r\n\r\n", () => { });
        await using var api = new Api($"http://api.test:{server.Port}");
        Assert.Equal(302, (await api.Done(new { method = "GET", path = "/" })).GetProperty("status").GetInt32());
    }

    private static RogueServer Raw(string answer, Action asked) => Raw(Encoding.Latin1.GetBytes(answer), asked);

    private static RogueServer Raw(byte[] answer, Action asked) => new(async (stream, ct) =>
    {
        var (request, buffer) = ("", new byte[4096]);
        while (!request.Contains("\r\n\r\n", StringComparison.Ordinal) && await stream.ReadAsync(buffer, ct) is > 0 and var read)
            request += Encoding.Latin1.GetString(buffer, 0, read);
        asked();
        await stream.WriteAsync(answer, ct);
    });
}
