using System.IO.Compression;
using System.Text;
using System.Text.Json;
using Connections.Domain;
using TestServers;

namespace Connectors.Tests.Http;

/// <summary>Bodies of APIs: charsets, content codings, and answers that broke off.</summary>
public sealed class ForeignBodyTests : IAsyncLifetime
{
    private static readonly byte[] Rows =
        JsonSerializer.SerializeToUtf8Bytes(Enumerable.Range(0, 2_000).Select(i => new { i, name = $"Zoë {i * 7919}" }));

    private ApiServer server = null!;
    private Api api = null!;

    public async ValueTask InitializeAsync()
    {
        server = await ApiServer.Start();
        api = new Api($"http://api.test:{server.Port}");
    }

    [Theory]
    [InlineData("application/json; charset=utf8", "utf-8", "json")]
    [InlineData("application/json; charset=\"UTF-8\"", "utf-8", "json")]
    [InlineData("application/json;charset=utf-8;", "utf-8", "json")]
    [InlineData("application/json;", "utf-8", "json")]
    [InlineData("application/json; ; charset=", "utf-8", "json")]
    [InlineData("application/json; odata.metadata=minimal; charset = utf8", "utf-8", "json")]
    [InlineData("application/json, application/json", "utf-8", "json")]
    [InlineData("application/json; charset=us-ascii", "utf-8", "json")]
    [InlineData("application/json; charset=binary", "utf-8", "json")]
    [InlineData("application/json; charset=utf-7", "utf-8", "json")]
    [InlineData("application/json; charset=utf-16", "utf-16", "json")]
    [InlineData("application/json; charset=utf-16", "utf-16BE", "json")]
    [InlineData("application/json", "utf-16", "json")]
    [InlineData("application/json; charset=GBK", "gb18030", "json")]
    [InlineData("application/json; charset=Windows-1252", "windows-1252", "json")]
    [InlineData("text/html; charset=Windows-1252", "windows-1252", "text")]
    [InlineData("text/html; charset=cp1252", "windows-1252", "text")]
    [InlineData("text/html; charset='iso-8859-15'", "iso-8859-15", "text")]
    [InlineData("text/plain; charset=nonsense", "utf-8", "text")]
    public async Task A_body_is_read_in_its_charset(string type, string encoding, string form)
    {
        const string Body = "{\"ok\":true,\"name\":\"Zoë\"}";
        var written = CodePagesEncodingProvider.Instance.GetEncoding(encoding) ?? Encoding.GetEncoding(encoding);
        var letter = encoding == "gb18030" ? "中" : "ë";
        var mark = written.CodePage is 1200 or 1201 ? written.Preamble.ToArray() : [];
        Answer([.. mark, .. written.GetBytes(Body.Replace("ë", letter, StringComparison.Ordinal))], type);
        var output = await api.Done(new { method = "GET", path = "/" });
        Assert.Equal(form, output.GetProperty("bodyType").GetString());
        Assert.Contains("Zo" + letter, output.GetProperty("body").ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("text/plain; charset=nonsense")]
    [InlineData("text/plain; charset=utf-8")]
    [InlineData("application/json;")]
    public async Task Bytes_that_are_no_text_come_as_base64(string type)
    {
        Answer([0x7B, 0xEB, 0xFF, 0x7D], type);
        var output = await api.Done(new { method = "GET", path = "/" });
        Assert.Equal(("base64", "e+v/fQ=="), (output.GetProperty("bodyType").GetString(), output.GetProperty("body").GetString()));
    }

    [Theory]
    [InlineData("gzip", "gzip")]
    [InlineData("x-gzip", "gzip")]
    [InlineData("GZIP", "gzip")]
    [InlineData("gzip, gzip", "gzip gzip")]
    [InlineData("gzip, br", "gzip br")]
    [InlineData("identity, gzip", "gzip")]
    [InlineData("deflate", "zlib")]
    [InlineData("deflate", "deflate")]
    [InlineData("br", "br")]
    [InlineData("gzip", "members")]
    [InlineData("gzip", "trailing")]
    public async Task A_packed_body_is_unpacked(string coding, string layers)
    {
        Answer(layers.Split(' ').Aggregate(Rows, Pack), "application/json", coding);
        var output = await api.Done(new { method = "GET", path = "/" });
        Assert.Equal(("json", 2_000), (output.GetProperty("bodyType").GetString(), output.GetProperty("body").GetArrayLength()));
        Assert.False(output.GetProperty("headers").TryGetProperty("content-encoding", out _));
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("x-gzip")]
    [InlineData("br")]
    [InlineData("deflate")]
    [InlineData("gzip, gzip")]
    [InlineData("utf-8")]
    [InlineData("none")]
    public async Task A_plain_body_with_a_false_content_coding_comes_as_it_is(string coding)
    {
        Answer("{\"ok\":true,\"name\":\"Zoë\"}"u8.ToArray(), "application/json", coding);
        var output = await api.Done(new { method = "POST", path = "/" });
        Assert.Equal(("json", "Zoë"), (output.GetProperty("bodyType").GetString(), output.GetProperty("body").GetProperty("name").GetString()));
    }

    [Theory]
    [InlineData("gzip", "gzip", 30)]
    [InlineData("gzip", "gzip", 1)]
    [InlineData("gzip", "gzip", 8)]
    [InlineData("gzip", "gzip", 9)]
    [InlineData("gzip", "gzip", 4_000)]
    [InlineData("gzip", "members", 30)]
    [InlineData("gzip, gzip", "gzip gzip", 30)]
    [InlineData("deflate", "zlib", 30)]
    [InlineData("deflate", "zlib", 2)]
    [InlineData("deflate", "deflate", 30)]
    [InlineData("br", "br", 30)]
    [InlineData("br", "br", 1)]
    public async Task A_packed_body_that_broke_off_is_no_success(string coding, string layers, int missing)
    {
        Answer(layers.Split(' ').Aggregate(Rows, Pack)[..^missing], "application/json", coding);
        var failed = await api.Fails(new { method = "POST", path = "/" });
        Assert.Equal((FailureKind.Unavailable, Delivered.Maybe), (failed.Kind, failed.Delivered));
        Assert.Contains("The answer broke off", failed.Message, StringComparison.Ordinal);
        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task A_damaged_packed_body_is_no_success()
    {
        var packed = Pack(Rows, "gzip");
        packed[packed.Length / 2] ^= 0x55;
        Answer(packed, "application/json", "gzip");
        Assert.Equal(FailureKind.Unavailable, (await api.Fails(new { method = "POST", path = "/" })).Kind);
    }

    [Fact]
    public async Task A_small_body_that_unpacks_to_a_huge_one_is_rejected()
    {
        Answer(Pack(Pack(new byte[50_000_000], "gzip"), "gzip"), "application/json", "gzip, gzip");
        var failed = await api.Fails(new { method = "POST", path = "/" });
        Assert.Equal((FailureKind.InvalidInput, Delivered.Yes), (failed.Kind, failed.Delivered));
    }

    [Theory]
    [InlineData("identity", "identity")]
    [InlineData("gzip;q=0", "gzip;q=0")]
    [InlineData(null, "gzip, deflate, br")]
    public async Task Accepted_codings_are_those_of_the_workflow(string? given, string sent)
    {
        var headers = given is null ? [] : new Dictionary<string, string> { ["Accept-Encoding"] = given };
        await api.Done(new { method = "GET", path = "/", headers });
        Assert.Equal(sent, Assert.Single(server.Requests).Headers["Accept-Encoding"]);
    }

    [Theory]
    [InlineData("/graphql", "", "/graphql")]
    [InlineData("/graphql", "/", "/graphql/")]
    [InlineData("/graphql/", "", "/graphql")]
    [InlineData("", "", "/")]
    [InlineData("/v1", "a", "/v1/a")]
    public async Task An_empty_path_is_the_base_url_itself(string root, string path, string target)
    {
        api.Settings["baseUrl"] = $"http://api.test:{server.Port}{root}";
        await api.Done(new { method = "POST", path, query = new { q = 1 } });
        Assert.Equal(target + "?q=1", Assert.Single(server.Requests).Target);
    }

    public async ValueTask DisposeAsync()
    {
        await api.DisposeAsync();
        await server.DisposeAsync();
    }

    private void Answer(byte[] body, string type, string? coding = null) => server.Answer = context =>
    {
        context.Response.ContentType = type;
        context.Response.ContentLength = body.Length;
        if (coding is not null) context.Response.Headers.ContentEncoding = coding;
        return context.Response.Body.WriteAsync(body).AsTask();
    };

    private static byte[] Pack(byte[] body, string layer)
    {
        if (layer == "members") return [.. Pack(body[..1000], "gzip"), .. Pack(body[1000..], "gzip")];
        if (layer == "trailing") return [.. Pack(body, "gzip"), .. new byte[12]];
        var packed = new MemoryStream();
        using (Stream stream = layer switch
        {
            "gzip" => new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true),
            "zlib" => new ZLibStream(packed, CompressionLevel.Fastest, leaveOpen: true),
            "br" => new BrotliStream(packed, CompressionLevel.Fastest, leaveOpen: true),
            _ => new DeflateStream(packed, CompressionLevel.Fastest, leaveOpen: true)
        }) stream.Write(body);
        return packed.ToArray();
    }
}
