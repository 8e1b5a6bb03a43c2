using System.Text;
using System.Text.Json;
using Connections.Connectors.Catalogue;
using Connections.Domain;
using TestServers;

namespace Connectors.Tests.Http;

/// <summary>The ways of signing in at an HTTP API that people use.</summary>
public sealed class SignInTests : IAsyncLifetime
{
    private ApiServer server = null!;
    private Api api = null!;

    public async ValueTask InitializeAsync()
    {
        server = await ApiServer.Start();
        api = new Api($"http://api.test:{server.Port}/v1");
    }

    [Theory]
    [InlineData("sk_test_1", "", "sk_test_1:")]
    [InlineData("sk_test_1", null, "sk_test_1:")]
    [InlineData("", "pat-77", ":pat-77")]
    [InlineData(null, "pat-77", ":pat-77")]
    [InlineData("app", " p:w ", "app: p:w ")]
    [InlineData("ü", "ä", "ü:ä")]
    public async Task Basic_authentication_needs_a_user_name_or_a_password(string? user, string? password, string pair)
    {
        Fill("basic", ("username", user), ("password", password));
        Assert.Null((await api.Probe()).Failure);
        await api.Done(new { method = "GET", path = "/" });
        Assert.All(server.Requests, r => Assert.Equal($"Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes(pair))}", r.Headers["Authorization"]));
    }

    [Theory]
    [InlineData("Authorization", "Token abcd1234")]
    [InlineData("Authorization", "abcd1234")]
    [InlineData("authorization", "GenieKey 77-88")]
    [InlineData("Authorization", "Bearer abcd1234")]
    [InlineData("Cookie", "session=abcd1234; user=7")]
    [InlineData("X-Auth", "abcd 1234")]
    public async Task A_key_may_be_in_any_header_that_carries_credentials(string header, string key)
    {
        api.Settings["apiKeyName"] = header;
        Fill("apiKey", ("apiKey", key));
        Assert.Null((await api.Probe()).Failure);
        await api.Done(new { method = "GET", path = "/" });
        Assert.All(server.Requests, r => Assert.Equal(key, r.Headers[header]));
        Assert.Equal(2, server.Requests.Count);
    }

    [Theory]
    [InlineData("Host")]
    [InlineData("Content-Length")]
    [InlineData("Transfer-Encoding")]
    [InlineData("Connection")]
    [InlineData("X-Forwarded-For")]
    [InlineData("X-Original-URL")]
    [InlineData("Content-Type")]
    [InlineData("no name")]
    public async Task A_key_is_in_no_header_of_another_meaning(string header)
    {
        api.Settings["apiKeyName"] = header;
        Fill("apiKey", ("apiKey", "abcd1234"));
        Assert.Equal(FailureKind.InvalidInput, (await api.Probe()).Failure!.Kind);
        Assert.Empty(server.Requests);
    }

    [Theory]
    [InlineData("token", "bearer", "Bearer abcd1234")]
    [InlineData("token", "bearer", "bearer   abcd1234")]
    [InlineData("token", "bearer", "Authorization: Bearer abcd1234")]
    [InlineData("token", "bearer", " abcd1234\r\n")]
    [InlineData("token", "bearer", "\tabcd1234")]
    [InlineData("token", "bearer", "\u00A0abcd1234\n")]
    [InlineData("apiKey", "apiKey", "\nabcd1234  ")]
    public async Task What_is_pasted_around_a_token_is_removed(string field, string auth, string pasted)
    {
        Fill(auth, (field, pasted));
        await api.Done(new { method = "GET", path = "/" });
        var headers = Assert.Single(server.Requests).Headers;
        Assert.Equal(auth == "bearer" ? "Bearer abcd1234" : "abcd1234", headers[auth == "bearer" ? "Authorization" : "X-Api-Key"]);
    }

    [Fact]
    public void The_form_says_what_it_removes()
    {
        var fields = api.Connector.Entry.Credentials.ToDictionary(f => f.Name);
        Assert.Contains("\"Bearer \"", fields["token"].Help, StringComparison.Ordinal);
        Assert.Contains("line ends", fields["apiKey"].Help, StringComparison.Ordinal);
    }

    [Fact]
    public void A_user_name_without_a_password_is_a_secret()
    {
        Assert.Equal("""{"username":"***"}""", Shown(new { username = "sk_test_1" }));
        Assert.Equal("""{"username":"app","password":"***"}""", Shown(new { username = "app", password = "x" }));
        Fill("basic", ("username", "sk_test_1"));
        Assert.DoesNotContain("sk_test_1", api.Connector.AccountAsTyped(api.Use().Settings, api.Use().Credentials).Display, StringComparison.Ordinal);

        string Shown(object typed) => FormCheck.Shown(api.Connector.Entry, JsonSerializer.SerializeToElement(typed)).GetRawText();
    }

    [Fact]
    public async Task A_user_name_without_a_password_is_masked()
    {
        Fill("basic", ("username", "sk_test_canary_77"));
        server.Answer = context => context.Response.Body.WriteAsync("""no such key: sk_test_canary_77"""u8.ToArray()).AsTask();
        var output = await api.Done(new { method = "GET", path = "/" });
        Assert.Equal("no such key: ***", output.GetProperty("body").GetString());
    }

    [Theory]
    [InlineData("""{"X-A":"1","x-a":"2"}""")]
    [InlineData("""{"X-A":"1","X-A":"2"}""")]
    [InlineData("""{"accept":"a/b","Accept":"c/d"}""")]
    [InlineData("""{"X-Original-URL":"/admin"}""")]
    [InlineData("""{"x-rewrite-url":"/admin"}""")]
    [InlineData("""{"X-Original-Uri":"/admin"}""")]
    [InlineData("""{"X-Forwarded-Path":"/admin"}""")]
    [InlineData("""{"X-Forwarded-Prefix":"/admin"}""")]
    [InlineData("""{"X-Envoy-Original-Path":"/admin"}""")]
    [InlineData("""{"X-Host":"evil.test"}""")]
    public async Task Headers_given_twice_or_naming_another_address_are_rejected(string headers)
    {
        var given = JsonSerializer.Deserialize<JsonElement>(headers);
        var failed = await api.Fails(new { method = "GET", path = "/", headers = given });
        Assert.Equal((FailureKind.InvalidInput, Delivered.No), (failed.Kind, failed.Delivered));
        api.Settings["headers"] = System.Text.Json.Nodes.JsonNode.Parse(headers.Contains("\"X-A\":\"1\",\"X-A\"", StringComparison.Ordinal) ? """{"X-A":"1","x-A":"2"}""" : headers);
        Assert.Equal(FailureKind.InvalidInput, (await api.Probe()).Failure!.Kind);
        Assert.Equal(FailureKind.InvalidInput, (await api.Fails(new { method = "GET", path = "/" })).Kind);
        Assert.Empty(server.Requests);
    }

    [Theory]
    [InlineData("X-Api-Key")]
    [InlineData("x-api-key")]
    public async Task A_fixed_header_does_not_replace_the_key(string name)
    {
        Fill("apiKey", ("apiKey", "abcd1234"));
        api.Settings["headers"] = JsonSerializer.SerializeToNode(new Dictionary<string, string> { [name] = "other" });
        Assert.Equal(FailureKind.InvalidInput, (await api.Probe()).Failure!.Kind);
        Assert.Empty(server.Requests);
    }

    [Theory]
    [InlineData("/..%09/x")]
    [InlineData("/..%20/x")]
    [InlineData("/%09../x")]
    [InlineData("/.%0d./x")]
    [InlineData("/..%00/x")]
    [InlineData("/..%2509/x")]
    [InlineData("/a/..%0a")]
    [InlineData("/%25252525252e%25252525252e/x")]
    [InlineData("/%c0%ae%c0%ae/x")]
    [InlineData("/%ef%bc%8e%ef%bc%8e/x")]
    [InlineData("/\u2025/x")]
    [InlineData("/..%c2%a0/x")]
    [InlineData("/a%7f/x")]
    public async Task A_path_stays_below_the_base_url_however_it_is_read(string path)
    {
        var failed = await api.Fails(new { method = "GET", path });
        Assert.Equal((FailureKind.InvalidInput, Delivered.No), (failed.Kind, failed.Delivered));
        Assert.Empty(server.Requests);
    }

    [Theory]
    [InlineData("/a%20b")]
    [InlineData("/%C3%BC")]
    [InlineData("/1.2...3/.well-known/x..y")]
    [InlineData("/100%25")]
    public async Task Other_paths_are_sent(string path)
    {
        await api.Done(new { method = "GET", path });
        Assert.Equal("/v1" + Uri.UnescapeDataString(path), Assert.Single(server.Requests).Target);
    }

    public async ValueTask DisposeAsync()
    {
        await api.DisposeAsync();
        await server.DisposeAsync();
    }

    /// <summary>Fills the form as the service does.</summary>
    private void Fill(string auth, params (string Name, string? Value)[] credentials)
    {
        api.Settings["auth"] = auth;
        var typed = credentials.Where(c => c.Value is not null).ToDictionary(c => c.Name, c => c.Value);
        var form = FormCheck.CheckCredentials(api.Connector.Entry, JsonSerializer.SerializeToElement(typed));
        Assert.Empty(form.Errors);
        api.Credentials.Clear();
        foreach (var field in form.Credentials.EnumerateObject()) api.Credentials[field.Name] = field.Value.GetString();
    }
}
