using System.Net;
using Microsoft.AspNetCore.Http;
using TestServers;

namespace Console.Tests;

/// <summary>The rights of people end with the settings that gave them. A provider that refuses to begin a sign-in is reported without its words.</summary>
[Collection(ConsoleCollection.Name)]
public sealed class OidcRightsTests(Service service)
{
    [Fact]
    public async Task Sessions_of_people_end_when_other_settings_give_the_rights_or_none_do()
    {
        await using var oidc = new OidcService(service);
        await oidc.InitializeAsync();
        using var ada = Browser.Open(oidc.Console.Address);
        using var byKey = Browser.Open(oidc.Console.Address);
        Assert.Equal("/", await OidcService.SignIn(ada, "ada"));
        await Browser.SignIn(byKey, oidc.Console.Key);

        await oidc.Console.Restart(oidc.Settings("other-admins"));
        await IsOver(ada, byKey);
        await oidc.Ready();
        await OidcService.SignIn(ada, "ada");
        Assert.Equal(HttpStatusCode.Forbidden, (await ada.GetAsync("/keys")).StatusCode);

        await oidc.Console.Restart();
        await oidc.Console.Restart(oidc.Settings("other-admins"));
        await IsOver(ada, byKey);
    }

    [Fact]
    public async Task A_provider_that_refuses_to_begin_a_sign_in_is_reported_without_its_words()
    {
        await using var provider = await ApiServer.Start();
        var address = $"http://127.0.0.1:{provider.Port}";
        provider.Answer = context =>
        {
            if (context.Request.Path == "/push") context.Response.StatusCode = 400;
            return context.Response.WriteAsJsonAsync<object>(context.Request.Path.Value switch
            {
                "/.well-known/openid-configuration" => new
                {
                    issuer = address,
                    authorization_endpoint = $"{address}/authorize",
                    token_endpoint = $"{address}/token",
                    jwks_uri = $"{address}/keys",
                    pushed_authorization_request_endpoint = $"{address}/push"
                },
                "/push" => new { error = "invalid_client", error_description = "canary-of-the-provider" },
                _ => new { keys = Array.Empty<object>() }
            });
        };
        await using var refused = await service.Another(
            $"--Console:Oidc:Authority={address}", "--Console:Oidc:ClientId=x", "--Console:Oidc:Roles:admin=*");
        using var client = Browser.Open(refused.Address);
        await Until.Holds(async () => await OidcService.Begin(client) == "/sign-in?failed=unfinished", "the provider refuses");
        Assert.Contains(provider.Requests, r => r.Target == "/push");
        Assert.Contains("invalid_client", refused.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("canary-of-the-provider", refused.Output, StringComparison.Ordinal);
    }

    private static async Task IsOver(HttpClient person, HttpClient byKey)
    {
        Assert.StartsWith("/sign-in", (await person.GetAsync("/connections")).Headers.Location?.OriginalString, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await byKey.GetAsync("/connections")).StatusCode);
    }
}
