using System.Buffers.Text;
using System.Globalization;
using System.Text;
using Connections.Connectors.OAuth;
using Connections.Domain;
using DemoDefinitions;

namespace Connectors.Tests.OAuth;

/// <summary>Token responses that are not as the standard says.</summary>
public sealed class ForeignTokenTests
{
    [Theory]
    [InlineData("""{"access_token":"at-2","expires_in":1,"refresh_token":""}""")]
    [InlineData("""{"access_token":"at-2","refresh_token":" \t"}""")]
    [InlineData("""{"access_token":"at-2","refresh_token":null}""")]
    [InlineData("""{"access_token":"at-2","refresh_token":17}""")]
    [InlineData("""{"access_token":"at-2","refresh_token":["r"]}""")]
    [InlineData("""{"access_token":"at-2","refresh_token":"\udc00"}""")]
    [InlineData("""{"access_token":"at-2","error":""}""")]
    [InlineData("""{"access_token":"at-2","error":" "}""")]
    [InlineData("""{"access_token":"at-2","error":null,"error_description":""}""")]
    [InlineData("""{"access_token":"at-2","error":false}""")]
    [InlineData("""{"access_token":"at-2","scope":""}""")]
    [InlineData("""{"access_token":"at-2","scope":17,"token_type":{}}""")]
    [InlineData("""{"access_token":"at-2","scope":[]}""")]
    [InlineData("""{"access_token":"at-1","access_token":"at-2"}""")]
    [InlineData("""{"\ud800":1,"access_token":"at-2","x":"\ud800"}""")]
    [InlineData("\uFEFF{\"access_token\":\"at-2\"}")]
    public void An_empty_or_unreadable_member_is_as_a_missing_one(string body)
    {
        var grant = Assert.IsType<TokenResponse.Granted>(Read(200, body)).Grant;
        Assert.Equal(("at-2", null, null), (grant.Stored.Field("accessToken"), grant.Stored.Field("refreshToken"), grant.Stored.Field("scope")));
    }

    [Theory]
    [InlineData("""["a","b"]""", "a b")]
    [InlineData("""["a","",7,"b"]""", "a b")]
    [InlineData("\"a b\"", "a b")]
    public void Scopes_may_be_a_list(string scope, string granted) => Assert.Equal(
        granted, Assert.IsType<TokenResponse.Granted>(Read(200, $$"""{"access_token":"a","scope":{{scope}}}""")).Grant.Stored.Field("scope"));

    [Theory]
    [InlineData("""{"email":"ann@mail.test","sub":7}""", "ann@mail.test", "7")]
    [InlineData("""{"email":"ann@mail.test"}""", "ann@mail.test", null)]
    [InlineData("""["ann@mail.test"]""", null, null)]
    [InlineData("ann@mail.test", null, null)]
    public void Claims_of_an_ID_token_are_kept(string claims, string? user, string? account)
    {
        var definition = DemoConnectors.Mail.Entry.OAuth! with
        {
            Answer = new OAuthAnswer(Keep: new Dictionary<string, string> { ["user"] = "id_token.email", ["account"] = "id_token.sub" })
        };
        foreach (var (form, isValid) in new[] { ("e30.{0}.c2ln", true), ("{0}", false), ("e30.{0}", false), ("e30.=.c2ln", false) })
        {
            var token = string.Format(CultureInfo.InvariantCulture, form, Base64Url.EncodeToString(Encoding.UTF8.GetBytes(claims)));
            var kept = Assert.IsType<TokenResponse.Granted>(TokenResponse.Read(
                200, $$"""{"access_token":"a","id_token":"{{token}}"}""", null, definition, DateTimeOffset.UnixEpoch)).Grant.Kept;
            Assert.Equal(isValid ? (user, account) : (null, null), (kept.GetValueOrDefault("user"), kept.GetValueOrDefault("account")));
        }
    }

    [Theory]
    [InlineData("1e400", 3_153_600_000)]
    [InlineData("\"1e400\"", 3_153_600_000)]
    [InlineData("-1e400", 600)]
    [InlineData("\"NaN\"", 600)]
    [InlineData("\"\"", 600)]
    [InlineData("\" 60 \"", 60)]
    [InlineData("\"\\ud800\"", 600)]
    [InlineData("[60]", 600)]
    [InlineData("true", 600)]
    [InlineData("6e1", 60)]
    public void A_lifetime_may_have_any_form(string lifetime, long seconds) => Assert.Equal(
        TimeSpan.FromSeconds(seconds), Assert.IsType<TokenResponse.Granted>(Read(200, $$"""{"access_token":"a","expires_in":{{lifetime}}}""")).Grant.Lifetime);

    [Theory]
    [InlineData(200, """{"access_token":"\ud800"}""")]
    [InlineData(200, """{"access_token":"\ud800\ud800"}""")]
    [InlineData(200, """{"error":"\ud800"}""")]
    [InlineData(200, """{"access_token":12}""")]
    [InlineData(200, """{"access_token":["a"]}""")]
    [InlineData(200, """[{"access_token":"a"}]""")]
    [InlineData(200, "\"access_token\"")]
    [InlineData(200, "1e400")]
    [InlineData(200, """{"access_token":"a"} {}""")]
    [InlineData(504, """{"error":"\udfff"}""")]
    public void What_cannot_be_read_is_told_like_HTML(int status, string body)
    {
        var failed = Assert.IsType<TokenResponse.Failed>(Read(status, body));
        Assert.Equal((FailureKind.Unavailable, Delivered.Maybe), (failed.Kind, failed.Processed));
    }

    [Theory]
    [InlineData("[")]
    [InlineData("{\"access_token\":")]
    public void A_body_that_nests_deeply_is_told_like_HTML(string open) =>
        Assert.IsType<TokenResponse.Failed>(Read(200, new StringBuilder().Insert(0, open, 10_000).ToString()));

    [Fact]
    public void A_description_that_cannot_be_read_is_left_out() => Assert.Equal(
        "The provider answered invalid_grant.",
        Assert.IsType<TokenResponse.Failed>(Read(400, """{"error":"invalid_grant","error_description":"\ud800"}""")).Message);

    [Fact]
    public async Task A_token_endpoint_with_broken_bytes_gives_one_answer()
    {
        await using var provider = await FakeTokenEndpoint.Start();
        byte[] body = [.. "{\"access_token\":\""u8, 0xFF, .. "\"}"u8];
        provider.Server.Answer = context => context.Response.Body.WriteAsync(body).AsTask();
        Assert.Equal(FailureKind.Unavailable, (await provider.Fails()).Kind);
    }

    private static TokenResponse Read(int status, string body) =>
        TokenResponse.Read(status, body, null, DemoConnectors.Mail.Entry.OAuth!, DateTimeOffset.UnixEpoch);
}
