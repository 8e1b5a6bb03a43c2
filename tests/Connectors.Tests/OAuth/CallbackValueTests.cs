using System.Text.Json;
using Connections.Connectors.Definitions;
using Connections.Connectors.OAuth;

namespace Connectors.Tests.OAuth;

/// <summary>Values of a callback come through a browser: only those that the definition lists become part of an address.</summary>
public sealed class CallbackValueTests
{
    private static readonly OAuthDefinition Zoho = DefinitionFile.Embedded().Single(f => f.Entry.Id == "zoho-mail").Entry.OAuth!;

    [Theory]
    [InlineData("https://accounts.zoho.com", "https://accounts.zoho.com/oauth/v2/token")]
    [InlineData("https://accounts.zoho.eu", "https://accounts.zoho.eu/oauth/v2/token")]
    [InlineData("https://accounts.zoho.com.au", "https://accounts.zoho.com.au/oauth/v2/token")]
    [InlineData("https://accounts.zohocloud.ca", "https://accounts.zohocloud.ca/oauth/v2/token")]
    public void A_listed_server_gets_the_code(string server, string address) =>
        Assert.Equal(address, Zoho.With(Zoho.Named(Parameters(server), default)!).TokenUrl);

    [Theory]
    [InlineData("")]
    [InlineData("https://evil.example")]
    [InlineData("https://accounts.zoho.eu/")]
    [InlineData("https://accounts.zoho.eu.evil.example")]
    [InlineData("https://accounts.zoho.eu@evil.example")]
    [InlineData("https://ACCOUNTS.zoho.eu")]
    [InlineData("http://accounts.zoho.eu")]
    [InlineData("accounts.zoho.eu")]
    [InlineData("zoho.eu")]
    [InlineData(" https://accounts.zoho.eu")]
    [InlineData("https://accounts.zoho.eu\r\n")]
    [InlineData("https://accounts.zoho.com,https://accounts.zoho.eu")]
    public void Any_other_server_is_refused(string server) => Assert.Null(Zoho.Named(Parameters(server), default));

    [Theory]
    [InlineData("zoho.jp", "zoho.jp")]
    [InlineData("evil.example", "zoho.com")]
    [InlineData("", "zoho.com")]
    [InlineData(null, "zoho.com")]
    public void Without_a_parameter_the_setting_counts_if_it_is_listed(string? setting, string kept) => Assert.Equal(
        kept, Zoho.Named(new Dictionary<string, string>(), JsonSerializer.SerializeToElement(new { dataCentre = setting }))!["dataCentre"]);

    [Theory]
    [InlineData("evil.example")]
    [InlineData("zoho.eu.evil.example")]
    [InlineData("zoho.eu/x")]
    public void A_kept_value_that_is_not_listed_fills_no_address(string kept)
    {
        var filled = Zoho.With(new Dictionary<string, string> { ["dataCentre"] = kept });
        Assert.Equal("https://accounts.{kept.dataCentre}/oauth/v2/token", filled.TokenUrl);
        Assert.Equal("https://accounts.{kept.dataCentre}/oauth/v2/token/revoke", filled.RevokeUrl);
    }

    private static Dictionary<string, string> Parameters(string server) => new() { ["accounts-server"] = server, ["location"] = "eu" };
}
