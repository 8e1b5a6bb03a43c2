using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Deque.AxeCore.Playwright;
using TestServers;

namespace Console.Tests;

/// <summary>A server whose authority this service does not know.</summary>
[Collection(ConsoleCollection.Name)]
public sealed class CertificateTests(Service service, Chromium chromium)
{
    [Theory]
    [InlineData("light", 1280, true)]
    [InlineData("dark", 390, true)]
    [InlineData("light", 1280, false)]
    public async Task A_failed_encryption_shows_what_the_server_presented_so_that_it_can_be_compared(string theme, int width, bool scripts)
    {
        using var authority = new TestAuthority("<b>Our own authority</b>");
        var issued = authority.Issue("localhost");
        await using var server = await ApiServer.Start(issued);
        using var certificate = X509Certificate2.CreateFromPem(issued.Certificate);
        var fingerprint = certificate.GetCertHashString(HashAlgorithmName.SHA256);

        await using var visitor = await chromium.Visit(service, service.Key, width, theme, scripts);
        var page = visitor.Page;
        await page.GotoAsync("/connect/http");
        await page.FillAsync("#f-name", "https-unknown");
        await page.FillAsync("#f-settings-baseUrl", $"https://localhost:{server.Port}");
        await page.ClickAsync("text=Test connection");
        await page.WaitForSelectorAsync("[data-steps] .problem");
        await page.ClickAsync(".certificates summary");
        var shown = await page.InnerTextAsync(".certificates");
        Assert.Contains("CN=localhost", shown, StringComparison.Ordinal);
        Assert.Contains("<b>Our own authority</b>", shown, StringComparison.Ordinal); // as text
        Assert.Contains(fingerprint, shown.Replace(":", "", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Contains($"{certificate.NotAfter.ToUniversalTime():d MMM yyyy}", shown, StringComparison.Ordinal);
        Assert.Equal(0, await page.Locator(".certificates b").CountAsync());
        if (scripts)
        {
            var copied = await page.GetAttributeAsync(".certificates [data-copy]", "data-copy");
            Assert.Equal(issued.Certificate, copied);
            Assert.Empty((await page.RunAxe()).Violations);
            var to = Path.Combine(AppContext.BaseDirectory, "screenshots", $"certificates-{theme}-{width}.png");
            await page.ScreenshotAsync(new() { Path = to, FullPage = true });
        }

        Assert.Empty(visitor.Faults);
    }

    [Fact]
    public async Task A_connection_over_http_gets_the_certificates_in_the_step_that_failed_and_in_no_other()
    {
        using var authority = new TestAuthority("authority");
        await using var server = await ApiServer.Start(authority.Issue("localhost"));
        var test = new { connector = "http", settings = new { baseUrl = $"https://localhost:{server.Port}" }, credentials = new { } };
        var steps = (await service.Post("/api/connections/test", test)).GetProperty("steps").EnumerateArray().ToList();
        Assert.All(steps, step => Assert.Equal(step.GetProperty("name").GetString() == "tls", step.TryGetProperty("certificates", out _)));
        var presented = steps.Single(step => step.GetProperty("name").GetString() == "tls").GetProperty("certificates")[0];
        Assert.Equal("CN=localhost", presented.GetProperty("subject").GetString());
        Assert.StartsWith("-----BEGIN CERTIFICATE-----", presented.GetProperty("pem").GetString(), StringComparison.Ordinal);
    }
}
