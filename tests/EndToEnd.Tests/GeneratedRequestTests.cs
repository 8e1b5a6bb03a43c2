using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using EndToEnd.Tests.Harness;

namespace EndToEnd.Tests;

/// <summary>Requests that nobody wrote, made from those in the OpenAPI document: each gets one answer, and none breaks the service.</summary>
public sealed class GeneratedRequestTests(SharedService shared)
{
    private const int Many = 2_000;
    private const int AtOnce = 8;

    private static readonly TimeSpan Hang = TimeSpan.FromSeconds(60);

    private static readonly string[] Methods = ["GET", "POST", "PATCH", "DELETE", "PUT", "HEAD", "OPTIONS", "FROB"];

    private static readonly string[] Parts =
    [
        "%00", "%0d%0a", "..%2f", "%2e%2e", "%ED%A0%80", "%F0%9F%98%80", "%", "%u0041", "'", "\"", "{}", "[", "\\", "//", ";", "?", "#", "&", "=", "*", "+", " ",
        "null", "-1", "1e400", "00000000-0000-0000-0000-000000000000", "9999-12-31T23:59:59Z", "0001-01-01", "true", "limit=", "cursor=", "at=", "status="
    ];

    private static readonly string[] Texts =
    [
        "\u0000", "\\u0000", "\\ud800", "\uFFFF", "\uFEFF", "1e400", "-1", "18446744073709551616", "null", "true", "{}", "[]", "[[[[[[[[", "\"\"", "{\"a\":", "}", ",", ":", "\"\\",
        "\"id\":\"00000000-0000-0000-0000-000000000000\",", "\"workspace\":\"other\",", "\"credentials\":{\"password\":\"x\"},", "\"deadlineSeconds\":-5,", "2026-13-45T99:99:99Z"
    ];

    private static readonly (string Name, string[] Values)[] Headers =
    [
        ("Accept", ["*/*", "text/html", "application/x-ndjson", "application/json;q=x", "\u00FF", "image/*;;"]),
        ("Content-Type", ["application/json", "application/json; charset=utf-7", "text/plain", "multipart/form-data; boundary=", "application/json;", "\"", "*/*"]),
        ("Range", ["bytes=0-", "bytes=-1", "bytes=9-1", "bytes=0-0,2-3", "lines=1-2", "bytes=99999999999999999999-", "="]),
        ("If-Match", ["*", "\"\"", "W/\"x\"", "x"]),
        ("traceparent", ["00-00000000000000000000000000000000-0000000000000000-00", "ff-x", ""]),
        ("Cookie", ["session=x", "=;=;", "__Host-session=\u00FF"]),
        ("Content-Encoding", ["gzip", "br, gzip", "x"]),
        ("X-HTTP-Method-Override", ["DELETE"]),
        ("Idempotency-Key", ["x", ""])
    ];

    [Fact]
    public async Task Each_generated_request_gets_one_answer_and_none_breaks_the_service()
    {
        var seed = Random.Shared.Next();
        TestContext.Current.SendDiagnosticMessage($"seed {seed}");
        var made = await shared.Api.Post("/api/keys", new { name = "requests", role = "admin", workspace = $"requests-{Guid.NewGuid():n}" });
        using var api = new Api(shared.Api.Address, made.Is(201)["key"].GetString());
        using var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            RequestHeaderEncodingSelector = (_, _) => Encoding.Latin1
        };
        using var http = new HttpClient(handler) { Timeout = Hang };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", api.Key);
        var operations = (await Operation.All(api)).ToList();
        var answered = new int[600];
        await Parallel.ForAsync(0, Many, new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (round, ct) =>
        {
            using var request = Make(seed, round, operations, api.Address);
            var shown = $"seed {seed}, round {round}: {request.Method} {request.RequestUri}";
            using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, ct);
            Assert.True((int)response.StatusCode < 500, $"{shown}: {(int)response.StatusCode} {await Body(response)}");
            if (response.StatusCode >= HttpStatusCode.BadRequest && request.Method != HttpMethod.Head)
                Assert.True(IsProblem(await Body(response)) || IsOfServer(response), $"{shown}: {(int)response.StatusCode} {await Body(response)}");
            Interlocked.Increment(ref answered[(int)response.StatusCode]);
        });

        Assert.Equal(Many, answered.Sum());
        Assert.True(answered[400] > Many / 20, $"Only {answered[400]} of the requests of the seed {seed} were malformed.");
        (await api.Get("/health/ready")).Is(200);
    }

    private static async Task<string> Body(HttpResponseMessage response) =>
        response.Content.Headers.ContentType?.MediaType == "text/event-stream" ? "" : await response.Content.ReadAsStringAsync();

    private static bool IsProblem(string body) =>
        body.StartsWith('<') || (body.StartsWith('{') && JsonNode.Parse(body) is JsonObject problem && problem.ContainsKey("code"));

    // The web server rejects what is not HTTP, such as an address with a zero byte, itself: without a body, and closes the connection.
    private static bool IsOfServer(HttpResponseMessage response) => response.Headers.ConnectionClose == true && response.Content.Headers.ContentLength is null or 0;

    private static HttpRequestMessage Make(int seed, int round, List<Operation> operations, Uri address)
    {
        // Must give the same requests again: not for security.
#pragma warning disable CA5394
        var random = new Random(unchecked((seed * 486_187_739) + round));
        var operation = Pick(random, operations);
        var path = Mutate(random, operation.At(random.Next(2) == 0 ? Guid.NewGuid().ToString() : Pick(random, Parts)), Parts, from: 1);
        var body = Encoding.UTF8.GetBytes(Mutate(random, operation.Example?.ToJsonString() ?? "{}", Texts, from: 0));
        if (random.Next(5) == 0 && body.Length > 0) body[random.Next(body.Length)] = (byte)random.Next(256);
        var method = random.Next(6) == 0 ? new HttpMethod(Pick(random, Methods)) : operation.Method;
        var request = new HttpRequestMessage(method, new Uri($"http://{address.Authority}{path}"));
        if (method != HttpMethod.Get && method != HttpMethod.Head) request.Content = new ByteArrayContent(body) { Headers = { ContentType = new("application/json") } };
        for (var more = random.Next(3); more > 0; more--)
        {
            var (name, values) = Pick(random, Headers);
            var value = Pick(random, values);
            if (name != "Content-Type") request.Headers.TryAddWithoutValidation(name, value);
            else if (request.Content is { } content)
            {
                content.Headers.Remove(name);
                content.Headers.TryAddWithoutValidation(name, value);
            }
        }

        return request;
    }

    private static string Mutate(Random random, string text, string[] parts, int from)
    {
        for (var changes = random.Next(4); changes > 0; changes--)
        {
            var at = random.Next(from, text.Length + 1);
            var length = Math.Min(random.Next(8), text.Length - at);
            text = random.Next(3) switch
            {
                0 => text.Remove(at, length),
                1 => text.Insert(at, Pick(random, parts)),
                _ => text.Remove(at, length).Insert(at, Pick(random, parts))
            };
        }

        return text;
    }

    private static T Pick<T>(Random random, IReadOnlyList<T> all) => all[random.Next(all.Count)];
#pragma warning restore CA5394
}
