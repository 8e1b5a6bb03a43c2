using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Connections.Connectors;
using Connections.Domain;
using Microsoft.AspNetCore.Http;
using TestServers;

namespace Connectors.Tests.Http;

public sealed class HttpTests : IAsyncLifetime
{
    private static readonly string[] Listed = ["x", "y"];
    private static readonly string[] Methods = ["GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"];
    private ApiServer server = null!;
    private Api api = null!;

    public async ValueTask InitializeAsync()
    {
        server = await ApiServer.Start();
        api = new Api($"http://api.test:{server.Port}/v1");
    }

    [Theory]
    [InlineData("application/json", "{\"a\": [1, null]}", "json", "{\"a\": [1, null]}")]
    [InlineData("application/problem+json; charset=utf-8", "[]", "json", "[]")]
    [InlineData("application/json", "{broken", "text", "\"{broken\"")]
    [InlineData("text/plain; charset=iso-8859-1", "x", "text", "\"x\"")]
    [InlineData("text/plain; charset=nonsense", "x", "text", "\"x\"")]
    [InlineData(null, "x", "text", "\"x\"")]
    [InlineData("application/octet-stream", "a\0b", "base64", "\"YQBi\"")]
    [InlineData("application/json", "", "none", "null")]
    public async Task A_response_body_is_returned_by_its_type(string? type, string body, string form, string json)
    {
        server.Answer = context =>
        {
            context.Response.ContentType = type;
            return context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(body)).AsTask();
        };
        var answer = await api.Done(new { method = "GET", path = "/x" });
        Assert.Equal((form, json), (answer.GetProperty("bodyType").GetString(), answer.GetProperty("body").GetRawText()));
        Assert.Equal(200, answer.GetProperty("status").GetInt32());
    }

    [Theory]
    [InlineData("\"plain\"", "plain", "text/plain; charset=utf-8")]
    [InlineData("{\"a\":1}", "{\"a\":1}", "application/json")]
    [InlineData("{\"base64\":\"aGk=\"}", "hi", "application/octet-stream")]
    [InlineData("[1]", "[1]", "application/json")]
    public async Task A_request_body_is_sent_by_its_type(string body, string sent, string type)
    {
        await api.Done(new
        {
            method = "POST",
            path = "orders/7",
            query = new { q = "a b&c", n = 1, list = Listed },
            headers = new { X_Custom = "v" },
            body = JsonSerializer.Deserialize<JsonElement>(body)
        });
        var received = Assert.Single(server.Requests);
        Assert.Equal(("POST", "/v1/orders/7?q=a%20b%26c&n=1&list=x&list=y", sent), (received.Method, received.Target, received.Body));
        Assert.Equal((type, "v", $"Bearer {Api.Token}"), (received.Headers["Content-Type"], received.Headers["X_Custom"], received.Headers["Authorization"]));
        Assert.DoesNotContain("traceparent", received.Headers.Keys);
    }

    [Fact]
    public async Task Each_authentication_type_sends_its_credentials()
    {
        api.Settings["auth"] = "basic";
        await api.Done(new { method = "GET", path = "" });
        api.Settings["auth"] = "apiKey";
        await api.Done(new { method = "GET", path = "/" });
        api.Settings["apiKeyIn"] = "query";
        api.Settings["apiKeyName"] = "key";
        await api.Done(new { method = "GET", path = "/a" });
        api.Settings["auth"] = "none";
        await api.Done(new { method = "GET", path = "/a" });
        var received = server.Requests.ToList();
        Assert.Equal($"Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes($"app:{Api.Token}"))}", received[0].Headers["Authorization"]);
        Assert.Equal(Api.Token, received[1].Headers["X-Api-Key"]);
        Assert.Equal(("/v1/", $"/v1/a?key={Api.Token}", "/v1/a"), (received[1].Target, received[2].Target, received[3].Target));
        Assert.False(received[3].Headers.ContainsKey("Authorization"));
    }

    [Theory]
    [InlineData("../x")]
    [InlineData("/a/../../x")]
    [InlineData("/%2e%2e/x")]
    [InlineData("/%252e%252e/x")]
    [InlineData("/a%2f..%2f..%2fx")]
    [InlineData("/..%5cx")]
    [InlineData("/..;/x")]
    [InlineData("//evil.test/x")]
    [InlineData("http://evil.test/x")]
    [InlineData("https:evil.test")]
    [InlineData("\\\\evil.test\\x")]
    [InlineData("/\\evil.test")]
    [InlineData("/a b")]
    [InlineData("/a\r\nX: y")]
    [InlineData("/a?key=1")]
    [InlineData("/a#b")]
    [InlineData("/a%zz")]
    public async Task A_path_stays_below_the_base_url(string path)
    {
        Assert.Equal((FailureKind.InvalidInput, Delivered.No), AssertProbe(await api.Get(path)));
        Assert.Empty(server.Requests);
    }

    [Theory]
    [InlineData("Authorization", "x")]
    [InlineData("host", "evil.test")]
    [InlineData("Connection", "close")]
    [InlineData("Transfer-Encoding", "chunked")]
    [InlineData("Content-Length", "0")]
    [InlineData("Cookie", "a=b")]
    [InlineData("X-Ok", "a\r\nX-Evil: b")]
    [InlineData("X-Ok", "a\nb")]
    [InlineData("X-Ok", "ü")]
    [InlineData("X Ok", "a")]
    [InlineData("X-Ok:", "a")]
    [InlineData("X-Ok\r\nX-Evil", "a")]
    [InlineData("", "a")]
    public async Task Reserved_headers_are_rejected(string name, string value)
    {
        var headers = new Dictionary<string, string> { [name] = value };
        Assert.Equal(FailureKind.InvalidInput, (await api.Fails(new { method = "GET", path = "/", headers })).Kind);
        api.Settings["headers"] = JsonSerializer.SerializeToNode(headers);
        Assert.Equal(FailureKind.InvalidInput, (await api.Probe()).Failure!.Kind);
        Assert.Empty(server.Requests);
    }

    [Theory]
    [InlineData(200, null, null)]
    [InlineData(204, null, null)]
    [InlineData(404, null, null)]
    [InlineData(409, null, null)]
    [InlineData(401, FailureKind.ReauthRequired, Delivered.No)]
    [InlineData(403, FailureKind.Forbidden, Delivered.Yes)]
    [InlineData(429, FailureKind.Throttled, Delivered.No)]
    [InlineData(500, FailureKind.Unavailable, Delivered.Maybe)]
    [InlineData(503, FailureKind.Unavailable, Delivered.Maybe)]
    public async Task A_status_is_a_result_unless_it_means_a_failure(int status, FailureKind? kind, Delivered? delivered)
    {
        server.Answer = context =>
        {
            context.Response.StatusCode = status;
            return Task.CompletedTask;
        };
        var result = await api.Run(new { method = "POST", path = "/" });
        if (kind is null) Assert.Equal(status, Assert.IsType<ConnectorResult.Done>(result).Output.GetProperty("status").GetInt32());
        else Assert.Equal((kind, delivered), AssertProbe(result) is var (k, d) ? ((FailureKind?)k, (Delivered?)d) : default);
        Assert.Single(server.Requests);
    }

    [Theory]
    [InlineData(429, "30", 30)]
    [InlineData(503, "120", 120)]
    [InlineData(503, "Thu, 01 Jan 2015 00:00:00 GMT", 0)]
    public async Task The_requested_retry_delay_is_returned(int status, string after, int seconds)
    {
        server.Answer = context =>
        {
            context.Response.StatusCode = status;
            context.Response.Headers.RetryAfter = after;
            return Task.CompletedTask;
        };
        var failed = await api.Fails(new { method = "POST", path = "/" });
        Assert.Equal((FailureKind.Throttled, TimeSpan.FromSeconds(seconds)), (failed.Kind, failed.RetryAfter));
    }

    [Fact]
    public async Task A_hundred_activities_with_a_wrong_key_make_one_attempt()
    {
        server.Answer = context =>
        {
            context.Response.StatusCode = 401;
            return Task.CompletedTask;
        };
        var results = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => api.Get("/")));
        Assert.All(results, r => Assert.Equal((FailureKind.ReauthRequired, Delivered.No), AssertProbe(r)));
        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task Only_safe_methods_are_repeatable()
    {
        var repeatable = Methods.Where(method =>
            api.Connector.Repeatable("request", JsonSerializer.SerializeToElement(new { method, path = "/" }), api.Use().Settings));
        Assert.Equal(["GET", "HEAD", "OPTIONS"], repeatable);
        await api.Done(new { method = "HEAD", path = "/" });
    }

    [Fact]
    public async Task A_response_that_is_too_large_is_not_read_completely()
    {
        server.Answer = async context =>
        {
            var part = new byte[64 * 1024];
            Array.Fill(part, (byte)'x');
            try
            {
                while (!context.RequestAborted.IsCancellationRequested) await context.Response.Body.WriteAsync(part, context.RequestAborted);
            }
            catch (Exception e) when (e is OperationCanceledException or IOException)
            {
                // the client has closed the connection
            }
        };
        Assert.Equal((FailureKind.InvalidInput, Delivered.Yes), AssertProbe(await api.Get("/")));
    }

    [Fact]
    public async Task A_response_that_never_ends_is_a_timeout()
    {
        server.Answer = async context =>
        {
            await context.Response.Body.WriteAsync("x"u8.ToArray());
            await context.Response.Body.FlushAsync();
            var gone = new TaskCompletionSource();
            await using var registered = context.RequestAborted.Register(gone.SetResult);
            await gone.Task;
        };
        Assert.Equal((FailureKind.Timeout, Delivered.Maybe), AssertProbe(await api.Run(new { method = "POST", path = "/" }, TimeSpan.FromMilliseconds(500))));
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nshort")]
    [InlineData("HTTP/1.1 200 OK\r\nX: ")]
    [InlineData("nonsense\r\n\r\n")]
    [InlineData("")]
    public async Task A_request_with_an_incomplete_response_may_have_been_delivered(string raw)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var answering = Task.Run(async () =>
        {
            using var client = await listener.AcceptTcpClientAsync();
            await client.GetStream().ReadExactlyAsync(new byte[64]);
            await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(raw));
        });
        api.Settings["baseUrl"] = $"http://api.test:{((IPEndPoint)listener.LocalEndpoint).Port}";
        Assert.Equal((FailureKind.Unavailable, Delivered.Maybe), AssertProbe(await api.Run(new { method = "POST", path = "/" })));
        await answering;
    }

    [Fact]
    public async Task A_request_to_a_closed_port_is_not_delivered()
    {
        await server.Stop();
        Assert.Equal((FailureKind.Unavailable, Delivered.No), AssertProbe(await api.Run(new { method = "POST", path = "/" })));
        var probe = await api.Probe();
        Assert.Equal(("connect", "unavailable"), (probe.Steps[^1].Name, probe.Steps[^1].Outcome));
    }

    [Fact]
    public async Task A_probe_returns_its_steps_and_an_account_without_the_secret()
    {
        var probe = await api.Probe();
        Assert.Equal(["resolve", "connect", "tls", "signIn"], probe.Steps.Select(s => s.Name));
        Assert.Equal(["ok", "ok", "skipped", "ok"], probe.Steps.Select(s => s.Outcome));
        Assert.DoesNotContain(Api.Token, probe.Account + string.Join(' ', probe.Steps), StringComparison.Ordinal);
        Assert.Contains(Api.Token, Assert.Single(probe.Identities).Value, StringComparison.Ordinal);
        api.Settings["auth"] = "basic";
        Assert.DoesNotContain(Api.Token, Assert.Single((await api.Probe()).Identities).Value, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Messages_and_logs_do_not_contain_the_key()
    {
        api.Settings["auth"] = "apiKey";
        api.Settings["apiKeyIn"] = "query";
        var outputs = new List<string>();
        foreach (var status in new[] { 200, 400, 401, 403, 429, 500 })
        {
            server.Answer = context =>
            {
                context.Response.StatusCode = status;
                context.Response.Headers.Location = $"/x{context.Request.QueryString}";
                return context.Response.WriteAsync($"you sent {context.Request.QueryString}");
            };
            var result = await api.Run(new { method = "GET", path = "/" }, version: status);
            outputs.Add(result is ConnectorResult.Done done ? done.Output.GetRawText() : result.ToString());
        }

        Assert.Equal(6, outputs.Count(t => t.Contains("***", StringComparison.Ordinal)));
        Assert.DoesNotContain(outputs.Concat(api.Logs.Lines), t => t.Contains(Api.Token, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Connections_to_one_host_share_a_client()
    {
        await Task.WhenAll(Enumerable.Range(0, 20).Select(i => api.Run(new { method = "GET", path = "/" }, version: i + 1)));
        Assert.Equal(1, api.Clients.Count);
    }

    [Theory]
    [InlineData("{\"method\":\"GET\"}")]
    [InlineData("{\"method\":\"TRACE\",\"path\":\"/\"}")]
    [InlineData("{\"method\":\"CONNECT\",\"path\":\"/\"}")]
    [InlineData("{\"method\":\"GET\",\"path\":\"/\",\"headers\":{\"a\":1}}")]
    [InlineData("{\"method\":\"GET\",\"path\":\"/\",\"url\":\"x\"}")]
    public void Invalid_inputs_are_rejected(string input) =>
        Assert.NotEmpty(api.Catalogue.CheckInput("http", "request", JsonSerializer.Deserialize<JsonElement>(input)));

    public async ValueTask DisposeAsync()
    {
        await api.DisposeAsync();
        await server.DisposeAsync();
    }

    private static (FailureKind, Delivered) AssertProbe(ConnectorResult result) => Assert.IsType<ConnectorResult.Failed>(result) is var f ? (f.Kind, f.Delivered) : default;
}
