using Connectors.Tests.Tls;
using TestServers;

namespace Connectors.Tests.Http;

public sealed class HttpTlsTests : IDisposable
{
    private readonly TestCertificates certificates = new();

    [Fact]
    public async Task A_verified_server_is_used()
    {
        await using var server = await ApiServer.Start(certificates.Issue(expired: false, "api.test"));
        await using var api = Secure(server, certificates.AuthorityPem);
        await AssertProbe(api, null);
        Assert.Equal("ok", (await api.Probe()).Steps.Single(s => s.Name == "tls").Outcome);
    }

    [Theory]
    [InlineData("elsewhere.test", false, "not for api.test, but for elsewhere.test")]
    [InlineData("127.0.0.1", false, "not for api.test, but for 127.0.0.1")]
    [InlineData("api.test", true, "expired")]
    public async Task Each_certificate_error_has_its_own_message(string name, bool expired, string expected)
    {
        await using var server = await ApiServer.Start(certificates.Issue(expired, name));
        await using var api = Secure(server, certificates.AuthorityPem);
        await AssertProbe(api, expected);
        Assert.Empty(server.Requests);
    }

    [Fact]
    public async Task Each_authority_error_has_its_own_message()
    {
        await using var server = await ApiServer.Start(certificates.Issue(expired: false, "api.test"));
        using var others = new TestCertificates("Another CA");
        await using var other = Secure(server, others.AuthorityPem);
        await AssertProbe(other, "not by the CA certificate given");
        await using var none = Secure(server, null);
        await AssertProbe(none, "does not know");
    }

    [Fact]
    public async Task A_server_without_TLS_is_reported()
    {
        await using var server = await ApiServer.Start();
        await using var api = Secure(server, null);
        await AssertProbe(api, "does not support TLS");
    }

    public void Dispose() => certificates.Dispose();

    private static Api Secure(ApiServer server, string? ca)
    {
        var api = new Api($"https://api.test:{server.Port}");
        if (ca is not null) api.Settings["caCertificate"] = ca;
        return api;
    }

    private static async Task AssertProbe(Api api, string? expected) =>
        TlsOutcome.Check(await api.Probe(), await api.Run(new { method = "POST", path = "/" }), expected);
}
