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
    public async Task Within_the_origin_credentials_go_along(int status)
    {
        Lead(status, "/elsewhere?x=1");
        await api.Done(new { method = "GET", path = "/", headers = new { X_Custom = "v" } });
        var asked = server.Requests.Last();
        Assert.Equal(("/elsewhere?x=1", $"Bearer {Api.Token}", "v"), (asked.Target, asked.Headers["Authorization"], asked.Headers["X_Custom"]));
    }

    [Theory]
    [InlineData("bearer", "header")]
    [InlineData("basic", "header")]
    [InlineData("apiKey", "header")]
    [InlineData("apiKey", "query")]
    public async Task To_another_origin_nothing_goes_along_and_not_on_the_way_back(string auth, string place)
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
        foreach (var asked in new[] { there, server.Requests.Last() })
        {
            Assert.DoesNotContain(Api.Token, asked.Target + string.Join(' ', asked.Headers.Values), StringComparison.Ordinal);
            Assert.Equal(["Accept", "Host", "User-Agent"], asked.Headers.Keys.Where(k => k != "Accept-Encoding").Order());
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
    public async Task A_refusal_elsewhere_says_nothing_of_our_credentials()
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
    public async Task What_acts_is_not_led_elsewhere(string method)
    {
        Lead(307, $"http://other.test:{other.Port}/there");
        var answer = await api.Done(new { method, path = "/", body = "x" });
        Assert.Equal(307, answer.GetProperty("status").GetInt32());
        Assert.Empty(other.Requests);
    }

    [Fact]
    public async Task A_circle_has_an_end()
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
    public async Task From_https_there_is_no_way_back_to_http()
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
    public async Task Each_hop_is_checked(string location, string said)
    {
        Lead(302, location);
        var failed = await api.Fails(new { method = "GET", path = "/" });
        Assert.Equal(FailureKind.InvalidInput, failed.Kind);
        Assert.Contains(said, failed.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("file:///etc/passwd")]
    [InlineData("ftp://other.test/")]
    [InlineData("gopher://other.test/")]
    public async Task Other_protocols_are_not_spoken(string location)
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
