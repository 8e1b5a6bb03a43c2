using Connections.Connectors;
using Connections.Connectors.Catalogue;
using Connections.Domain.Token;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Connectors.Tests.Mail;

/// <summary>Maps the scopes that providers return to the names of the requested scopes.</summary>
public sealed class GrantedScopesTests
{
    private const string Google = "https://www.googleapis.com/auth/";
    private const string Office = "https://outlook.office.com/";
    private const string Graph = "https://graph.microsoft.com/";

    // Google returns the OpenID scope email by its own name: https://github.com/googleapis/google-api-python-client/pull/1088
    [Theory]
    [InlineData($"{Google}gmail.readonly openid {Google}userinfo.email {Google}gmail.send", "openid email gmail.send gmail.readonly")]
    [InlineData($"openid {Google}userinfo.email", "openid email")]
    [InlineData("", "")]
    [InlineData(null, "openid email gmail.send gmail.readonly")]
    public async Task Google_returns_the_email_scope_by_another_name(string? returned, string granted) =>
        Assert.Equal(granted, (await Granted("gmail", returned)).Replace(Google, "", StringComparison.Ordinal));

    // "The scopes that the access_token is valid for" (https://learn.microsoft.com/entra/identity-platform/v2-oauth2-auth-code-flow). Names
    // are short or full. offline_access is missing, because it does not concern the access token.
    [Theory]
    [InlineData("Mail.Send Mail.Read User.Read openid profile email", "offline_access User.Read Mail.Send Mail.Read")]
    [InlineData($"openid profile {Graph}User.Read {Graph}Mail.Send {Graph}Mail.Read", "offline_access User.Read Mail.Send Mail.Read")]
    [InlineData($"{Graph}User.Read {Graph}Mail.Send", "offline_access User.Read Mail.Send")]
    [InlineData(null, "offline_access User.Read Mail.Send Mail.Read")]
    public async Task Microsoft_returns_the_scopes_of_the_access_token(string? returned, string granted) => Assert.Equal(granted, await Granted("outlook", returned));

    // The scopes of the access token: https://learn.microsoft.com/entra/identity-platform/v2-oauth2-auth-code-flow
    [Theory]
    [InlineData($"{Office}IMAP.AccessAsUser.All {Office}SMTP.Send", "offline_access openid profile IMAP.AccessAsUser.All SMTP.Send")]
    [InlineData("IMAP.AccessAsUser.All SMTP.Send", "offline_access openid profile IMAP.AccessAsUser.All SMTP.Send")]
    [InlineData($"{Office}IMAP.AccessAsUser.All", "offline_access openid profile IMAP.AccessAsUser.All")]
    public async Task Microsoft_returns_the_scopes_for_mail_servers(string returned, string granted) =>
        Assert.Equal(granted, (await Granted("microsoft-email", returned)).Replace(Office, "", StringComparison.Ordinal));

    private static async Task<string> Granted(string connector, string? returned)
    {
        await using var services = new ServiceCollection().AddLogging().AddConnectors(new ConfigurationBuilder().Build()).BuildServiceProvider();
        var entry = services.GetRequiredService<ConnectorCatalogue>().Find(connector)!.Entry;
        return string.Join(' ', entry.Granted(Grant.Create("a", "r", DateTimeOffset.MaxValue, TimeSpan.Zero, returned)));
    }
}
