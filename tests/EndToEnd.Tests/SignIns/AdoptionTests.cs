using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Web;
using EndToEnd.Tests.Harness;

namespace EndToEnd.Tests.SignIns;

/// <summary>Adopts a grant that was created elsewhere with the same application.</summary>
[Collection(DemoServiceTests.Name)]
public sealed class AdoptionTests(DemoService demo)
{
    [Fact]
    public async Task An_admin_can_submit_a_refresh_token()
    {
        var user = demo.Somebody();
        var token = await Elsewhere(user);
        var made = (await demo.Api.Post("/api/connections", new { connector = "demo-mail", name = "Adopted", credentials = new { refreshToken = token } })).Is(201);
        Assert.Equal(("connected", user), (made["status"].GetString(), made["account"].GetProperty("id").GetString()));
        Assert.Equal("***", made["credentials"].GetProperty("refreshToken").GetString());
        await demo.Ends(await demo.Run(made["id"].GetGuid()), "succeeded");
    }

    [Fact]
    public async Task A_manager_cannot_submit_a_refresh_token()
    {
        var key = (await demo.Api.Post("/api/keys", new { name = "manager", role = "manager" })).Is(201)["key"].GetString();
        using var manager = new Api(demo.Api.Address, key);
        (await manager.Post("/api/connections", new { connector = "demo-mail", name = "Not adopted", credentials = new { refreshToken = "x" } }))
            .Refuses(403, "request.forbidden");
    }

    [Fact]
    public async Task A_token_that_the_provider_rejects_is_rejected_and_not_quoted()
    {
        var refused = await demo.Api.Post(
            "/api/connections", new { connector = "demo-mail", name = "Wrong", credentials = new { refreshToken = "canary-refresh-4711" } });
        refused.Refuses(422, "connection.credentials-rejected");
        Assert.DoesNotContain("canary", refused.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("canary", demo.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Other_credentials_are_rejected() =>
        (await demo.Api.Post("/api/connections", new { connector = "demo-mail", name = "Typed", credentials = new { password = "x" } }))
            .Refuses(422, "connection.invalid");

    // as another service of the same operator does
    private async Task<string> Elsewhere(string user)
    {
        using var browser = new Browser();
        var (id, authorizeUrl) = await demo.Start(browser, $"Elsewhere {user}");
        await demo.Api.Delete($"/api/connections/{id}");
        var verifier = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
        var address = new UriBuilder(authorizeUrl);
        var query = HttpUtility.ParseQueryString(address.Query);
        query["code_challenge"] = Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(verifier)));
        address.Query = query.ToString();
        var code = HttpUtility.ParseQueryString((await browser.SignIn(address.Uri.AbsoluteUri, user)).Query)["code"]!;
        using var answer = await browser.Send(new Uri(address.Uri, "/connect/token"), new()
        {
            ["grant_type"] = "authorization_code",
            ["code"] = code,
            ["code_verifier"] = verifier,
            ["redirect_uri"] = query["redirect_uri"]!,
            ["client_id"] = query["client_id"]!,
            ["client_secret"] = "not-a-secret"
        });
        return JsonSerializer.Deserialize<JsonElement>(await answer.Content.ReadAsStringAsync()).GetProperty("refresh_token").GetString()!;
    }
}
