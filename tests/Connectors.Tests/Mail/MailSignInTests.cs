using System.Web;
using Connections.Connectors;
using Connections.Connectors.Catalogue;
using Connections.Connectors.OAuth;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using TestServers;

namespace Connectors.Tests.Mail;

/// <summary>Checks sign-ins at Google and Microsoft against their documentation, which the comments name.</summary>
public sealed class MailSignInTests
{
    private const string Google = "https://developers.google.com/identity/protocols/oauth2/web-server";
    private const string Office = "https://outlook.office.com/";
    private const string Microsoft = "https://learn.microsoft.com/entra/identity-platform/v2-oauth2-auth-code-flow";

    // Google, "Step 1: Set authorization parameters": access_type offline for a refresh token, prompt consent for one each time.
    // Microsoft, "Request an authorization code": {tenant} is common, organizations, consumers or a tenant
    [Theory]
    [InlineData("gmail", Google, "https://accounts.google.com/o/oauth2/v2/auth", "access_type=offline prompt=consent")]
    [InlineData("google-email", Google, "https://accounts.google.com/o/oauth2/v2/auth", "access_type=offline prompt=consent")]
    [InlineData("outlook", Microsoft, "https://login.microsoftonline.com/common/oauth2/v2.0/authorize", "")]
    [InlineData("microsoft-email", Microsoft, "https://login.microsoftonline.com/common/oauth2/v2.0/authorize", "")]
    public async Task The_authorize_address_is_the_providers(string connector, string source, string address, string parameters)
    {
        await using var services = Services(new() { [$"OAuth:{connector}:ClientId"] = "client-1" });
        var (definition, application) = Resolve(services, connector);
        Assert.True(address == application.Fill(definition.AuthorizeUrl, definition), source);
        var sent = (definition.AuthorizeParameters ?? new Dictionary<string, string>()).OrderBy(p => p.Key).Select(p => $"{p.Key}={p.Value}");
        Assert.Equal(parameters, string.Join(' ', sent));
    }

    // Google, "Step 5: Exchange authorization code" and "Refreshing an access token". Microsoft, "Redeem a code" and "Refresh the access
    // token"
    [Theory]
    [InlineData("gmail", Google, "https://oauth2.googleapis.com/token")]
    [InlineData("google-email", Google, "https://oauth2.googleapis.com/token")]
    [InlineData("outlook", Microsoft, "https://login.microsoftonline.com/common/oauth2/v2.0/token")]
    [InlineData("microsoft-email", Microsoft, "https://login.microsoftonline.com/common/oauth2/v2.0/token")]
    public async Task The_token_address_is_the_providers(string connector, string source, string address)
    {
        await using var services = Services(new() { [$"OAuth:{connector}:ClientId"] = "client-1" });
        var (definition, application) = Resolve(services, connector);
        Assert.True(address == application.Fill(definition.TokenUrl, definition), source);
    }

    // Microsoft requires the scopes at a refresh ("scope"; AADSTS90014 without it). Google has no such parameter.
    [Theory]
    [InlineData("gmail", "Oauth", "/token", null)]
    [InlineData("google-email", "Oauth", "/token", null)]
    [InlineData("outlook", "Login", "/contoso/oauth2/v2.0/token", "offline_access User.Read Mail.Send Mail.Read")]
    [InlineData("microsoft-email", "Login", "/contoso/oauth2/v2.0/token", $"offline_access openid profile {Office}IMAP.AccessAsUser.All {Office}SMTP.Send")]
    public async Task Codes_and_refresh_tokens_are_sent_in_the_providers_format(string connector, string moved, string path, string? scopes)
    {
        await using var vendor = await ApiServer.Start();
        vendor.Answer = context => context.Response.WriteAsync("""{"access_token":"a","expires_in":3599}""");
        await using var services = Services(new()
        {
            ["Network:AllowPrivate"] = "true",
            [$"OAuth:{connector}:ClientId"] = "client-1",
            [$"OAuth:{connector}:ClientSecret"] = "secret-1",
            [$"OAuth:{connector}:Tenant"] = "contoso",
            [$"OAuth:{connector}:{moved}"] = $"http://127.0.0.1:{vendor.Port}"
        });
        var (definition, application) = Resolve(services, connector);
        var endpoints = services.GetRequiredService<OAuthEndpoints>();
        var scope = services.GetRequiredService<ConnectorCatalogue>().Find(connector)!.Entry.Scopes.Select(s => s.Name);
        Assert.IsType<TokenResponse.Granted>(await endpoints.Exchange(definition, application, "code-1", "verifier-1", "https://us.example/back", default));
        Assert.IsType<TokenResponse.Granted>(await endpoints.Refresh(definition, application, "refresh-1", scope, default));

        Assert.Equal([path, path], vendor.Requests.Select(r => r.Target));
        var (exchange, refresh) = (HttpUtility.ParseQueryString(vendor.Requests.First().Body), HttpUtility.ParseQueryString(vendor.Requests.Last().Body));
        Assert.Equal(
            ("authorization_code", "code-1", "verifier-1", "https://us.example/back", "client-1", "secret-1"),
            (exchange["grant_type"], exchange["code"], exchange["code_verifier"], exchange["redirect_uri"], exchange["client_id"], exchange["client_secret"]));
        Assert.Equal(
            ("refresh_token", "refresh-1", "client-1", "secret-1", scopes),
            (refresh["grant_type"], refresh["refresh_token"], refresh["client_id"], refresh["client_secret"], refresh["scope"]));
    }

    private static ServiceProvider Services(Dictionary<string, string?> settings) => new ServiceCollection().AddLogging()
        .AddConnectors(new ConfigurationBuilder().AddInMemoryCollection(settings).Build()).BuildServiceProvider();

    private static (OAuthDefinition, OAuthApplication) Resolve(ServiceProvider services, string connector) => (
        services.GetRequiredService<ConnectorCatalogue>().Find(connector)!.Entry.OAuth!,
        services.GetRequiredService<OAuthApplications>().Find(connector, "default")!);
}
