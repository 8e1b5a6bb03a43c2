using System.IO.Compression;
using System.Net;
using System.Text;
using System.Text.Json;
using Connections.Connectors;
using Microsoft.AspNetCore.Http;
using TestServers;

namespace Connectors.Tests.Http;

/// <summary>An API repeats the credentials that it received, in every form that APIs use.</summary>
public sealed class RepeatedSecretTests : IAsyncLifetime
{
    private const string Password = "pass/WORD ä+\"77\"&%41";
    private const string Key = "k3y/0f+the=\"API\"&77";

    private static readonly Dictionary<string, Func<Echo, (string Type, byte[] Body)>> Answers = new()
    {
        ["json"] = e => Json(JsonSerializer.Serialize(new { headers = new { authorization = e.Sent }, list = new object[] { e.Secret, 7, true } })),
        ["json keys"] = e => Json(JsonSerializer.Serialize(new Dictionary<string, int> { [e.Sent] = 1, [$"a {e.Secret} b"] = 2 })),
        ["json with \\u escapes"] = e => Json($"{{\"said\":\"{string.Concat(e.Sent.Concat(e.Secret).Select(c => $"\\u{(int)c:X4}"))}\"}}"),
        ["json within json"] = e => Json(JsonSerializer.Serialize(new { request = JsonSerializer.Serialize(new { e.Sent, e.Secret }) })),
        ["json said to be text"] = e => Text(JsonSerializer.Serialize(new { e.Sent, e.Secret })),
        ["text"] = e => Text($"you sent {e.Sent}, which is {e.Secret}"),
        ["html"] = e => ("text/html", Utf8($"<p>you sent <b>{WebUtility.HtmlEncode(e.Sent)}</b>: {WebUtility.HtmlEncode(e.Secret)}</p>")),
        ["ndjson"] = e => ("application/x-ndjson", Utf8($"{JsonSerializer.Serialize(new { e.Sent })}\n{JsonSerializer.Serialize(new { e.Secret })}\n")),
        ["utf-16"] = e => ("text/plain; charset=utf-16", Encoding.Unicode.GetBytes($"you sent {e.Sent}: {e.Secret}")),
        ["utf-16 that is not declared"] = e => ("application/octet-stream", Encoding.Unicode.GetBytes($"you sent {e.Sent}: {e.Secret}")),
        ["utf-16, big end first"] = e => ("application/octet-stream", Encoding.BigEndianUnicode.GetBytes($"you sent {e.Sent}: {e.Secret}")),
        ["latin-1"] = e => ("text/plain; charset=iso-8859-1", Encoding.Latin1.GetBytes($"you sent {e.Sent}: {e.Secret}")),
        ["a charset that nobody knows"] = e => ("text/plain; charset=nonsense", Utf8($"you sent {e.Sent}: {e.Secret}")),
        ["binary"] = e => ("application/octet-stream", [0, .. Utf8(e.Sent), 0xFF, 0, .. Utf8(e.Secret), 0xFE]),
        ["base64"] = e => Json(JsonSerializer.Serialize(new { raw = Base64($"GET / HTTP/1.1\r\nAuthorization: {e.Sent}\r\n"), e = Base64(e.Secret) })),
        ["base64 behind one byte"] = e => Text($"{Base64("x" + e.Sent)} {Base64("x" + e.Secret)}"),
        ["base64 behind two bytes"] = e => Text($"{Base64("xy" + e.Sent)} {Base64("xy" + e.Secret)}"),
        ["base64 for addresses"] = e => Text($"{Base64(e.Secret).Replace('+', '-').Replace('/', '_')}"),
        ["percent-encoded"] = e => Text($"{Uri.EscapeDataString(e.Sent)} {Uri.EscapeDataString(e.Secret)}"),
        ["percent-encoded in lower case"] = e => Text(Lower(Uri.EscapeDataString(e.Sent)) + " " + Lower(Uri.EscapeDataString(e.Secret))),
        ["percent-encoded in part"] = e => Text(Uri.EscapeDataString(e.Secret).Replace("%2F", "/", StringComparison.Ordinal)),
        ["percent-encoded twice"] = e => Text(Uri.EscapeDataString(Uri.EscapeDataString(e.Secret))),
        ["as a form"] = e => Text($"sent={WebUtility.UrlEncode(e.Sent)}&secret={WebUtility.UrlEncode(e.Secret)}"),
        ["nothing but a header"] = _ => Text("")
    };

    private ApiServer server = null!;
    private Api api = null!;

    public static TheoryData<string, string> Cases => [.. new[] { "basic", "bearer", "header", "query", "authorization" }
        .SelectMany(auth => Answers.Keys, (auth, answer) => (auth, answer))];

    public async ValueTask InitializeAsync()
    {
        server = await ApiServer.Start();
        api = new Api($"http://api.test:{server.Port}/v1");
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task No_answer_repeats_a_secret(string auth, string answer)
    {
        var secret = Authenticate(auth);
        foreach (var status in new[] { 200, 404, 401, 403, 429, 500 })
        {
            Echoes(answer, status, secret);
            var result = await api.Run(new { method = "POST", path = "/" }, version: status);
            var shown = result is ConnectorResult.Done done ? Decodings.Shown(done.Output) : result.ToString();
            Decodings.Nowhere(shown, secret, Convert.ToBase64String(Encoding.UTF8.GetBytes($"svc:{Password}")));
            if (status < 401) Assert.Contains("***", shown.Replace("*\0", "*", StringComparison.Ordinal), StringComparison.Ordinal);
            foreach (var line in api.Logs.Lines) Decodings.Nowhere(line, secret);
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task No_test_of_a_connection_repeats_a_secret(string auth, string answer)
    {
        var secret = Authenticate(auth);
        foreach (var status in new[] { 200, 401, 500 })
        {
            Echoes(answer, status, secret);
            var probe = await api.Probe();
            Decodings.Nowhere($"{probe.Failure} {string.Join(' ', probe.Steps)} {probe.Account}", secret);
        }
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("br")]
    [InlineData("deflate")]
    public async Task A_compressed_answer_is_masked(string encoding)
    {
        var secret = Authenticate("bearer");
        server.Answer = async context =>
        {
            context.Response.ContentType = "application/json";
            context.Response.Headers.ContentEncoding = encoding;
            await using Stream stream = encoding switch
            {
                "gzip" => new GZipStream(context.Response.Body, CompressionLevel.Fastest),
                "br" => new BrotliStream(context.Response.Body, CompressionLevel.Fastest),
                _ => new ZLibStream(context.Response.Body, CompressionLevel.Fastest)
            };
            await stream.WriteAsync(Utf8(JsonSerializer.Serialize(new { said = context.Request.Headers.Authorization.ToString() })));
        };
        var output = await api.Done(new { method = "GET", path = "/" });
        Assert.Contains("***", output.GetProperty("body").GetProperty("said").GetString(), StringComparison.Ordinal);
        Decodings.Nowhere(output.GetRawText(), secret);
    }

    [Theory]
    [InlineData("2026", """{"year":2026,"date":"2026-01-31","pin":"2026","2026":1}""", """{"year":2026,"date":"2026-01-31","pin":"***","2026":1}""")]
    [InlineData("true", """{"ok":true,"text":"it is true","true":"true"}""", """{"ok":true,"text":"it is true","true":"***"}""")]
    [InlineData("order", """["order","order of 7",{"orders":1}]""", """["***","order of 7",{"orders":1}]""")]
    [InlineData("password", """{"message":"the password is wrong"}""", """{"message":"the password is wrong"}""")]
    [InlineData("12345678", """{"id":12345678,"ids":[1,12345678],"at":"12345678:00"}""", """{"id":12345678,"ids":[1,12345678],"at":"12345678:00"}""")]
    [InlineData("null", """[null,"null",1.50,1e3]""", """[null,"***",1.50,1e3]""")]
    [InlineData("a1", """{"a1":"A1","b":"a1"}""", """{"a1":"A1","b":"***"}""")]
    public async Task A_short_or_common_secret_is_masked_only_as_a_whole_text(string password, string body, string expected)
    {
        api.Settings["auth"] = "basic";
        api.Credentials["password"] = password;
        server.Answer = context =>
        {
            context.Response.ContentType = "application/json";
            return context.Response.WriteAsync(body);
        };
        var output = await api.Done(new { method = "GET", path = "/" });
        Assert.Equal(("json", expected), (output.GetProperty("bodyType").GetString(), output.GetProperty("body").GetRawText()));
    }

    [Theory]
    [InlineData("bearer", "Bearer abc")]
    [InlineData("header", "abc")]
    [InlineData("basic", "Basic c3ZjOmFiYw==")]
    public async Task A_short_secret_is_masked_with_what_stood_before_it(string auth, string sent)
    {
        Authenticate(auth);
        foreach (var field in (string[])["token", "apiKey", "password"]) api.Credentials[field] = "abc";
        server.Answer = context => context.Response.WriteAsync(
            $"Host: x\r\n{(auth == "header" ? "X-Api-Key" : "Authorization")}: {context.Request.Headers.Authorization}{context.Request.Headers["X-Api-Key"]}\r\n");
        var text = (await api.Done(new { method = "GET", path = "/" })).GetProperty("body").GetString()!;
        Assert.DoesNotContain($": {sent}", text, StringComparison.Ordinal);
        Assert.StartsWith("Host: x", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_long_key_that_is_a_number_stays_a_number_and_is_not_shown()
    {
        Authenticate("header");
        api.Credentials["apiKey"] = "918273645564738291";
        server.Answer = context =>
        {
            context.Response.ContentType = "application/json";
            return context.Response.WriteAsync("""{"key":918273645564738291,"other":918273645564738292}""");
        };
        var body = (await api.Done(new { method = "GET", path = "/" })).GetProperty("body");
        Assert.Equal("""{"key":0,"other":918273645564738292}""", body.GetRawText());
    }

    public async ValueTask DisposeAsync()
    {
        await api.DisposeAsync();
        await server.DisposeAsync();
    }

    private string Authenticate(string auth)
    {
        (api.Settings["auth"], api.Credentials["username"], api.Credentials["password"]) = (auth, "svc", Password);
        (api.Credentials["token"], api.Credentials["apiKey"]) = (Key, Key);
        if (auth is "basic" or "bearer") return auth == "basic" ? Password : Key;
        (api.Settings["auth"], api.Settings["apiKeyIn"]) = ("apiKey", auth == "query" ? "query" : "header");
        if (auth == "authorization") api.Settings["apiKeyName"] = "Authorization";
        return Key;
    }

    private void Echoes(string answer, int status, string secret) => server.Answer = context =>
    {
        var request = context.Request;
        var sent = request.Headers.Authorization.ToString() is { Length: > 0 } authorization ? authorization
            : request.Headers["X-Api-Key"].ToString() is { Length: > 0 } key ? key : request.QueryString.Value!;
        var (type, body) = Answers[answer](new Echo(sent, secret));
        (context.Response.StatusCode, context.Response.ContentType, context.Response.Headers["X-Echo"]) = (status, type, $"[{sent}]");
        return context.Response.Body.WriteAsync(body).AsTask();
    };

    private static (string, byte[]) Json(string text) => ("application/json", Utf8(text));

    private static (string, byte[]) Text(string text) => ("text/plain", Utf8(text));

    private static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);

    private static string Base64(string text) => Convert.ToBase64String(Utf8(text));

    private static string Lower(string encoded) => System.Text.RegularExpressions.Regex.Replace(encoded, "%..", m => m.Value.ToLowerInvariant());

    private sealed record Echo(string Sent, string Secret);
}
