using EndToEnd.Tests.Harness;
using TestServers;

namespace EndToEnd.Tests.Tls;

/// <summary>A process whose system trusts one root, and whose user has no certificates.</summary>
public sealed class SystemRootTests : IAsyncLifetime
{
    private readonly DownloadListener listener = new();
    private readonly TestAuthority root = new("Test Root CA");
    private readonly string folder = Directory.CreateTempSubdirectory("roots-").FullName;
    private TestAuthority issuer = null!;

    public async ValueTask InitializeAsync()
    {
        root.Sources = listener.Address;
        issuer = root.Intermediate("Test Issuing CA");
        listener.Body = issuer.Der;
        await File.WriteAllTextAsync(Path.Combine(folder, "root.pem"), root.Pem);
    }

    [Fact]
    public async Task Intermediates_come_from_the_server_only_and_no_certificate_is_kept()
    {
        Assert.SkipUnless(OpenSslServer.Available, OpenSslServer.NotInstalled);
        var empty = Directory.CreateDirectory(Path.Combine(folder, "empty")).FullName;
        var home = Directory.CreateDirectory(Path.Combine(folder, "home")).FullName;
        var environment = new Dictionary<string, string>
        {
            ["HOME"] = home,
            ["SSL_CERT_FILE"] = Path.Combine(folder, "root.pem"),
            ["SSL_CERT_DIR"] = empty
        };
        var data = Directory.CreateDirectory(Path.Combine(folder, "data")).FullName;
        await using var service = await StandaloneProcess.Start(data, environment);
        await using var partial = await OpenSslServer.Start(issuer.Issue(OpenSslServer.Host));
        await using var whole = await OpenSslServer.Start(issuer.Issue(OpenSslServer.Host), [issuer.Pem]);

        var rejected = await Test(service, partial);
        Assert.Contains("the server does not send its whole chain", rejected.Text, StringComparison.Ordinal);
        Assert.Equal("ok", (await Test(service, whole))["outcome"].GetString());
        Assert.Contains("the server does not send its whole chain", (await Test(service, partial)).Text, StringComparison.Ordinal);
        Assert.Equal(0, await listener.CountConnections());
        var kept = Directory.GetFiles(home, "*", SearchOption.AllDirectories);
        Assert.DoesNotContain(kept, file => file.Contains("x509stores", StringComparison.Ordinal));
    }

    public ValueTask DisposeAsync()
    {
        issuer.Dispose();
        root.Dispose();
        Directory.Delete(folder, recursive: true);
        return listener.DisposeAsync();
    }

    private static Task<ApiResponse> Test(StandaloneProcess service, OpenSslServer server) => service.Api.Post(
        "/api/connections/test",
        new { connector = "http", settings = new { baseUrl = $"https://{OpenSslServer.Host}:{server.Port}" }, credentials = new { } });
}
