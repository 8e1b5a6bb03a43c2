using Connections.Domain;
using TestServers;

namespace Connectors.Tests.Http;

public sealed class RedirectTests : IAsyncLifetime
{
    private readonly TestCertificates certificates = new();
    private ApiServer server = null!;
    private ApiServer other = null!;
    private Api api = null!;

    public async ValueTask InitializeAsync()
    {
        server = await ApiServer.Start();
        other = await ApiServer.Start();
        api = new Api($"http://api.test:{server.Port}/v1");
    }

    [Theory]
    [InlineData(301)]
    [InlineData(302)]
    [InlineData(303)]
    [InlineData(307)]
    [InlineData(308)]
    public async Task Credentials_are_sent_within_the_origin(int status)
    {
        Lead(status, "/elsewhere?x=1");
        await api.Done(new { method = "GET", path = "/", headers = new { X_Custom = "v" } });
        var received = server.Requests.Last();
        Assert.Equal(("/elsewhere?x=1", $"Bearer {Api.Token}", "v"), (received.Target, received.Headers["Authorization"], received.Headers["X_Custom"]));
    }

    [Theory]
    [InlineData("bearer", "header")]
    [InlineData("basic", "header")]
    [InlineData("apiKey", "header")]
    [InlineData("apiKey", "query")]
    public async Task Another_origin_gets_no_credentials_and_neither_does_a_redirect_back(string auth, string place)
    {
        api.Settings["auth"] = auth;
        api.Settings["apiKeyIn"] = place;
        Lead(302, $"http://other.test:{other.Port}/there");
        other.Answer = context =>
        {
            context.Response.Redirect($"http://api.test:{server.Port}/v1/back");
            return Task.CompletedTask;
        };
        await api.Done(new { method = "GET", path = "/", headers = new { X_Custom = "secret-too", Accept = "text/plain" } });
        var there = Assert.Single(other.Requests);
        Assert.Equal(2, server.Requests.Count);
        foreach (var received in new[] { there, server.Requests.Last() })
        {
            Assert.DoesNotContain(Api.Token, received.Target + string.Join(' ', received.Headers.Values), StringComparison.Ordinal);
            Assert.Equal(["Accept", "Host", "User-Agent"], received.Headers.Keys.Where(k => k != "Accept-Encoding").Order());
        }
    }

    [Fact]
    public async Task Another_port_is_another_origin()
    {
        Lead(302, $"http://api.test:{other.Port}/there");
        await api.Done(new { method = "GET", path = "/" });
        Assert.False(Assert.Single(other.Requests).Headers.ContainsKey("Authorization"));
    }

    [Fact]
    public async Task A_401_of_another_origin_does_not_reject_the_credentials()
    {
        Lead(302, $"http://other.test:{other.Port}/there");
        other.Answer = context =>
        {
            context.Response.StatusCode = 401;
            return Task.CompletedTask;
        };
        Assert.Equal(401, (await api.Done(new { method = "GET", path = "/" })).GetProperty("status").GetInt32());
    }

    [Theory]
    [InlineData("POST")]
    [InlineData("PUT")]
    [InlineData("DELETE")]
    public async Task Redirects_of_writes_are_not_followed(string method)
    {
        Lead(307, $"http://other.test:{other.Port}/there");
        var answer = await api.Done(new { method, path = "/", body = "x" });
        Assert.Equal(307, answer.GetProperty("status").GetInt32());
        Assert.Empty(other.Requests);
    }

    [Fact]
    public async Task A_redirect_loop_ends()
    {
        server.Answer = context =>
        {
            context.Response.Redirect("/again");
            return Task.CompletedTask;
        };
        Assert.Equal(FailureKind.InvalidInput, (await api.Fails(new { method = "GET", path = "/" })).Kind);
        Assert.Equal(6, server.Requests.Count);
    }

    [Fact]
    public async Task A_redirect_from_https_to_http_is_not_followed()
    {
        await using var secure = await ApiServer.Start(certificates.Issue(expired: false, "api.test"));
        secure.Answer = context =>
        {
            context.Response.Redirect($"http://api.test:{other.Port}/plain");
            return Task.CompletedTask;
        };
        api.Settings["baseUrl"] = $"https://api.test:{secure.Port}";
        api.Settings["caCertificate"] = certificates.AuthorityPem;
        Assert.Equal(302, (await api.Done(new { method = "GET", path = "/" })).GetProperty("status").GetInt32());
        Assert.Empty(other.Requests);
    }

    [Theory]
    [InlineData("http://169.254.169.254/latest/meta-data", "metadata")]
    [InlineData("http://user@other.test/", "with a user name")]
    [InlineData("http://0xa9fea9fe/", "metadata")]
    [InlineData("http://[::ffff:169.254.169.254]/", "metadata")]
    public async Task Each_redirect_target_is_checked(string location, string expected)
    {
        Lead(302, location);
        var failed = await api.Fails(new { method = "GET", path = "/" });
        Assert.Equal(FailureKind.InvalidInput, failed.Kind);
        Assert.Contains(expected, failed.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("file:///etc/passwd")]
    [InlineData("ftp://other.test/")]
    [InlineData("gopher://other.test/")]
    public async Task Redirects_to_other_protocols_are_not_followed(string location)
    {
        Lead(302, location);
        Assert.Equal(302, (await api.Done(new { method = "GET", path = "/" })).GetProperty("status").GetInt32());
    }

    public async ValueTask DisposeAsync()
    {
        await api.DisposeAsync();
        await server.DisposeAsync();
        await other.DisposeAsync();
        certificates.Dispose();
    }

    private void Lead(int status, string location) => server.Answer = context =>
    {
        if (context.Request.Path.Value is not ("/v1/" or "/v1")) return Task.CompletedTask;
        context.Response.StatusCode = status;
        context.Response.Headers.Location = location;
        return Task.CompletedTask;
    };
}
