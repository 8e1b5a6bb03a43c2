using Connections.Connectors;
using Connections.Domain;

namespace Connectors.Tests.Definitions;

/// <summary>The definition of Twilio by what its documentation and recorded answers say.</summary>
public sealed class TwilioTests
{
    private const string Sid = "AC00000000000000000000000000000000";
    private const string Canary = "canary-token-2f9e";

    private static readonly object Settings = new { accountSid = Sid, host = "api.twilio.com" };
    private static readonly object Token = new { authToken = Canary };

    [Fact]
    public async Task The_accounts_own_token_in_the_answer_is_dropped()
    {
        await using var twilio = await Start((200, $$"""{"sid":"{{Sid}}","status":"suspended","friendly_name":"Ann","auth_token":"secret-in-answer"}"""));
        var probe = await twilio.Probe(Settings, Token);
        Assert.Equal((FailureKind.ReauthRequired, "Twilio says that the account is suspended."), (probe.Failure!.Kind, probe.Failure.Message));
        var done = Assert.IsType<ConnectorResult.Done>(await twilio.Run(
            "request", new { method = "GET", path = $"/Accounts/{Sid}.json" }, new { accountSid = Sid, host = "api.twilio.com", allowRequests = true }, Token));
        Assert.DoesNotContain("secret-in-answer", done.Output.GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_key_is_tested_by_a_message_since_it_may_not_read_the_account()
    {
        await using var twilio = await Start((200, """{"messages":[]}"""));
        var probe = await twilio.Probe(
            new { accountSid = Sid, host = "api.twilio.com", authentication = "key" }, new { keySid = "SK00000000000000000000000000000000", keySecret = Canary });
        Assert.Equal((Sid, "account-sid"), (probe.Account!.Id, probe.Account.Basis));
        Assert.Equal([$"GET /2010-04-01/Accounts/{Sid}/Messages.json?PageSize=1"], twilio.Requests);
    }

    [Fact]
    public async Task A_message_is_a_form_whose_lists_repeat_and_whose_absent_fields_are_left_out()
    {
        await using var twilio = await Start((201, """{"sid":"SM11111111111111111111111111111111","status":"queued","num_segments":"2"}"""));
        var done = Assert.IsType<ConnectorResult.Done>(await twilio.Run("send-sms", new
        {
            to = "+491",
            from = "+492",
            text = "a b&c",
            vendor = new { mediaUrls = (string[])["https://a.example/1", "https://a.example/2"] }
        }, Settings, Token));
        Assert.Equal("""{"id":"SM11111111111111111111111111111111","status":"queued","segments":2}""", done.Output.GetRawText());
        Assert.Equal("To=%2B491&From=%2B492&Body=a%20b%26c&MediaUrl=https%3A%2F%2Fa.example%2F1&MediaUrl=https%3A%2F%2Fa.example%2F2", twilio.Bodies.Single());
    }

    [Fact]
    public async Task A_message_with_an_unknown_outcome_is_looked_up_once()
    {
        await using var twilio = await Start(
            (500, "{}"),
            (200, """{"messages":[{"sid":"SM88888888888888888888888888888888","body":"other","direction":"outbound-api","date_created":"Fri, 01 Jan 2100 00:00:00 +0000"},{"sid":"SM99999999999999999999999999999999","status":"sent","body":"hi","direction":"outbound-api","num_segments":"1","date_created":"Fri, 01 Jan 2100 00:00:00 +0000"}]}"""));
        var done = Assert.IsType<ConnectorResult.Done>(await twilio.Run("send-sms", new { to = "+491", from = "+492", text = "hi" }, Settings, Token));
        Assert.Equal("SM99999999999999999999999999999999", done.Output.GetProperty("id").GetString());
        Assert.Equal(2, twilio.Requests.Count());
    }

    [Theory]
    [InlineData("""{"messages":[]}""")]
    [InlineData("""{"messages":[{"sid":"SM99999999999999999999999999999999","body":"hi","direction":"outbound-api","date_created":"Thu, 01 Jan 2026 00:00:00 +0000"}]}""")]
    [InlineData("""{"messages":[{"sid":"SM99999999999999999999999999999999","body":"hi","direction":"inbound","date_created":"Fri, 01 Jan 2100 00:00:00 +0000"}]}""")]
    [InlineData("""{"code":1}""")]
    public async Task A_message_that_is_not_found_stays_unknown(string list)
    {
        await using var twilio = await Start((500, "{}"), (200, list));
        var failed = Assert.IsType<ConnectorResult.Failed>(await twilio.Run("send-sms", new { to = "+491", from = "+492", text = "hi" }, Settings, Token));
        Assert.Equal((FailureKind.Unavailable, Delivered.Maybe), (failed.Kind, failed.Delivered));
    }

    [Theory]
    [InlineData(400, 21211, FailureKind.InvalidInput)]
    [InlineData(400, 21610, FailureKind.InvalidInput)]
    [InlineData(401, 20003, FailureKind.ReauthRequired)]
    [InlineData(403, 20003, FailureKind.Forbidden)]
    [InlineData(403, 20005, FailureKind.ReauthRequired)]
    [InlineData(403, 20403, FailureKind.Forbidden)]
    [InlineData(404, 20404, FailureKind.NotFound)]
    [InlineData(429, 20429, FailureKind.Throttled)]
    public async Task A_code_has_its_kind(int status, int code, FailureKind kind)
    {
        await using var twilio = await Start((status, $$"""{"code":{{code}},"message":"m","status":{{status}}}"""));
        var failed = Assert.IsType<ConnectorResult.Failed>(await twilio.Run("send-sms", new { to = "+491", text = "hi" }, Settings, Token));
        Assert.Equal(kind, failed.Kind);
        Assert.DoesNotContain(Canary, failed.ToString(), StringComparison.Ordinal);
    }

    private static Task<Scripted> Start(params (int, string)[] answers) => Scripted.Start("twilio", "/2010-04-01", null, answers);
}
