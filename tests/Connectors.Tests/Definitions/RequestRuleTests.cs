using Connections.Connectors;
using Connections.Domain;

namespace Connectors.Tests.Definitions;

/// <summary>The answer to a request that the caller wrote, judged by the rules of the definition.</summary>
public sealed class RequestRuleTests
{
    [Theory]
    [InlineData("invalid_auth", FailureKind.ReauthRequired, 2)] // the token is refreshed once
    [InlineData("account_inactive", FailureKind.ReauthRequired, 2)]
    [InlineData("ratelimited", FailureKind.Throttled, 1)]
    [InlineData("fatal_error", FailureKind.Unavailable, 1)]
    [InlineData("request_timeout", FailureKind.Unavailable, 1)]
    [InlineData("bad_client_secret", FailureKind.Operator, 1)]
    public async Task An_error_within_a_200_that_concerns_the_connection_is_a_failure(string error, FailureKind kind, int requests)
    {
        await using var slack = await Start("slack", "/api", (200, $$"""{"ok":false,"error":"{{error}}"}"""));
        var failed = Assert.IsType<ConnectorResult.Failed>(await Request(slack, "POST", "/auth.test", "oauth"));
        Assert.Equal((kind, requests), (failed.Kind, slack.Requests.Count()));
    }

    [Theory]
    [InlineData(200, """{"ok":false,"error":"channel_not_found"}""")]
    [InlineData(200, """{"ok":false,"error":"missing_scope","needed":"a","provided":"b"}""")]
    [InlineData(200, """{"ok":false,"error":"an_unknown_error"}""")]
    [InlineData(200, """{"ok":true,"error":"invalid_auth"}""")]
    public async Task Every_other_answer_is_for_the_caller_to_read(int status, string body)
    {
        await using var slack = await Start("slack", "/api", (status, body));
        var done = Assert.IsType<ConnectorResult.Done>(await Request(slack, "POST", "/auth.test", "oauth"));
        Assert.Equal((status, body), (done.Output.GetProperty("status").GetInt32(), done.Output.GetProperty("body").GetRawText()));
    }

    [Theory]
    [InlineData(200, "[1]")]
    [InlineData(404, "{}")]
    [InlineData(400, """{"errors":"not a list"}""")]
    [InlineData(409, "[]")]
    public async Task A_body_of_another_form_than_the_rules_know_is_no_failure(int status, string body)
    {
        await using var sendgrid = await Start("sendgrid", "/v3", (status, body));
        var done = Assert.IsType<ConnectorResult.Done>(await Request(sendgrid, "GET", "/scopes", new { apiKey = "SG.key" }));
        Assert.Equal((status, body), (done.Output.GetProperty("status").GetInt32(), done.Output.GetProperty("body").GetRawText()));
    }

    [Fact]
    public async Task A_token_that_expired_is_refreshed_once()
    {
        await using var slack = await Start("slack", "/api", (200, """{"ok":false,"error":"token_expired"}"""), (200, """{"ok":true}"""));
        Assert.IsType<ConnectorResult.Done>(await Request(slack, "POST", "/auth.test", "oauth"));
        Assert.Equal(2, slack.Requests.Count());
    }

    [Theory]
    [InlineData("""{"errors":[{"message":"Maximum credits exceeded"}]}""", FailureKind.Forbidden)]
    [InlineData("""{"errors":[{"message":"The provided authorization grant is invalid, expired, or revoked"}]}""", FailureKind.ReauthRequired)]
    public async Task A_401_means_what_the_definition_says(string body, FailureKind kind)
    {
        await using var sendgrid = await Start("sendgrid", "/v3", (401, body));
        var failed = Assert.IsType<ConnectorResult.Failed>(await Request(sendgrid, "GET", "/scopes", new { apiKey = "SG.key" }));
        Assert.Equal(kind, failed.Kind);
    }

    private static Task<ConnectorResult> Request(Scripted provider, string method, string path, object credentials) =>
        provider.Run("request", new { method, path }, new { allowRequests = true }, credentials);

    private static Task<Scripted> Start(string connector, string path, params (int, string)[] answers) =>
        Scripted.Start(connector, path, null, answers);
}
