using Connections.Connectors.OAuth;
using DemoDefinitions;
using Microsoft.Extensions.Configuration;

namespace Connectors.Tests.OAuth;

/// <summary>Configuration of OAuth applications. Configuration keys ignore case.</summary>
public sealed class ApplicationTests
{
    [Theory]
    [InlineData("OAuth:gmail:ClientId", "OAuth:gmail:Workspaces:acme:ClientId", "OAuth:gmail:Oauth")]
    [InlineData("OAUTH:GMAIL:CLIENTID", "OAUTH:GMAIL:WORKSPACES:ACME:CLIENTID", "OAUTH:GMAIL:OAUTH")]
    [InlineData("oauth:Gmail:clientId", "oauth:Gmail:workspaces:Acme:clientId", "oauth:Gmail:OAuth")]
    public void Configuration_keys_ignore_case(string ofAll, string ofOne, string address)
    {
        var applications = new OAuthApplications(new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            [ofAll] = "everybody's",
            [ofOne] = "acme's",
            [address] = "https://tokens.example.com"
        }).Build());
        Assert.Equal("everybody's", applications.Find("gmail", "default")?.ClientId);
        var own = applications.Find("gmail", "acme");
        Assert.Equal("acme's", own?.ClientId);
        Assert.Equal("https://tokens.example.com/token", own!.Fill("{oauth}/token", DemoConnectors.Mail.Entry.OAuth!));
        Assert.Null(applications.Find("outlook", "default"));
    }
}
