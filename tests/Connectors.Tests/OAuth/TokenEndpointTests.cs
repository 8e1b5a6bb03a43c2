using System.Web;
using Connections.Connectors.Gmail;
using Connections.Connectors.OAuth;
using Connections.Domain;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Time.Testing;
using TestServers;

namespace Connectors.Tests.OAuth;

/// <summary>Requests to token endpoints, and the meaning of their responses.</summary>
public sealed class TokenEndpointTests
{
    [Fact]
    public async Task A_refresh_is_a_form_with_the_token_and_the_application()
    {
        await using var provider = (await FakeTokenEndpoint.Start()).Answers(200, """{"access_token":"a","expires_in":60}""");
        await provider.Gives();
        var received = Assert.Single(provider.Server.Requests);
        Assert.Equal(("POST", "/connect/token"), (received.Method, received.Target));
        Assert.Equal("application/x-www-form-urlencoded", received.Headers["Content-Type"]);
        Assert.Equal(
            "grant_type=refresh_token&refresh_token=canary-refresh-17&client_id=client-1&client_secret=canary-client-secret-81", received.Body);
    }

    [Fact]
    public async Task Scopes_are_sent_at_a_refresh_if_the_provider_requires_them()
    {
        await using var provider = (await FakeTokenEndpoint.Start()).Answers(200, """{"access_token":"a"}""");
        provider.Definition = provider.Definition with { ScopesAtRefresh = true };
        await provider.Gives();
        Assert.Equal("mail.send mail.read", HttpUtility.ParseQueryString(Assert.Single(provider.Server.Requests).Body)["scope"]);
    }

    [Fact]
    public async Task A_code_is_exchanged_with_its_verifier_and_redirect_address()
    {
        await using var provider = (await FakeTokenEndpoint.Start()).Answers(200, """{"access_token":"a"}""");
        Assert.IsType<TokenResponse.Granted>(await provider.Exchange("code-1", "verifier-1"));
        var form = HttpUtility.ParseQueryString(Assert.Single(provider.Server.Requests).Body);
        Assert.Equal(
            ("authorization_code", "code-1", "verifier-1", "http://127.0.0.1:5080/api/oauth/callback"),
            (form["grant_type"], form["code"], form["code_verifier"], form["redirect_uri"]));
    }

    [Fact]
    public async Task A_token_lifetime_counts_from_the_request()
    {
        var clock = new FakeTimeProvider(DateTimeOffset.Parse("2026-03-01T12:00:00Z", null));
        await using var provider = await FakeTokenEndpoint.Start(clock: clock);
        provider.Server.Answer = context =>
        {
            clock.Advance(TimeSpan.FromSeconds(15)); // the provider responds late
            return context.Response.WriteAsync("""{"access_token":"a","expires_in":60}""");
        };
        Assert.Equal(DateTimeOffset.Parse("2026-03-01T12:01:00Z", null), (await provider.Gives()).ExpiresAt);
    }

    [Theory]
    [InlineData("""{"access_token":"a","expires_in":60}""", 60)]
    [InlineData("""{"access_token":"a","expires_in":"60"}""", 60)]
    [InlineData("""{"access_token":"a"}""", 600)]
    [InlineData("""{"access_token":"a","expires_in":0}""", 600)]
    [InlineData("""{"access_token":"a","expires_in":"soon"}""", 600)]
    [InlineData("""{"access_token":"a","expires_in":1e300}""", 3_153_600_000)] // a hundred years
    [InlineData("""{"access_token":"a","expires_in":"Infinity"}""", 3_153_600_000)]
    public async Task A_missing_token_lifetime_is_the_default_of_the_connector(string body, long seconds)
    {
        await using var provider = (await FakeTokenEndpoint.Start()).Answers(200, body);
        Assert.Equal(TimeSpan.FromSeconds(seconds), (await provider.Gives()).Lifetime);
    }

    [Theory]
    [InlineData(400, """{"error":"invalid_grant"}""", FailureKind.ReauthRequired)]
    [InlineData(200, """{"error":"invalid_grant"}""", FailureKind.ReauthRequired)]
    [InlineData(401, """{"error":"invalid_client"}""", FailureKind.Operator)]
    [InlineData(400, """{"error":"unauthorized_client"}""", FailureKind.Operator)]
    [InlineData(400, """{"error":"something_new"}""", FailureKind.Unavailable)]
    [InlineData(429, """{"error":"slow_down"}""", FailureKind.Throttled)]
    [InlineData(429, "", FailureKind.Throttled)]
    [InlineData(400, "<html>Bad request</html>", FailureKind.Unavailable)]
    [InlineData(500, "<html>Oops</html>", FailureKind.Unavailable)]
    [InlineData(503, """{"error":"temporarily_unavailable"}""", FailureKind.Unavailable)]
    public async Task Only_known_errors_end_a_grant(int status, string body, FailureKind kind)
    {
        await using var provider = (await FakeTokenEndpoint.Start()).Answers(status, body);
        var failed = await provider.Fails();
        Assert.Equal((kind, Delivered.No), (failed.Kind, failed.Processed));
    }

    [Theory]
    [InlineData(200, "<html>Welcome</html>")]
    [InlineData(200, "{}")]
    [InlineData(200, """{"access_token":""}""")]
    [InlineData(504, "<html>Gateway</html>")]
    public async Task An_unreadable_success_response_may_have_issued_a_token(int status, string body)
    {
        await using var provider = (await FakeTokenEndpoint.Start()).Answers(status, body);
        var failed = await provider.Fails();
        Assert.Equal((FailureKind.Unavailable, Delivered.Maybe), (failed.Kind, failed.Processed));
    }

    [Fact]
    public async Task A_definition_overrides_the_meaning_of_an_error()
    {
        await using var provider = (await FakeTokenEndpoint.Start()).Answers(200, """{"error":"invalid_code"}""");
        provider.Definition = provider.Definition with
        {
            Failures = new Dictionary<string, FailureKind> { ["invalid_code"] = FailureKind.ReauthRequired }
        };
        Assert.Equal(FailureKind.ReauthRequired, (await provider.Fails()).Kind);
    }

    [Theory]
    [InlineData("deleted_client")]
    [InlineData("disabled_client")]
    public async Task An_application_removed_at_Google_is_an_operator_fault(string error)
    {
        await using var provider = (await FakeTokenEndpoint.Start()).Answers(401, $$"""{"error":"{{error}}"}""");
        provider.Definition = GoogleAt(provider);
        Assert.Equal(FailureKind.Operator, (await provider.Fails()).Kind);
    }

    [Fact]
    public async Task The_invalid_rapt_error_gives_advice_for_the_administrator()
    {
        await using var provider = (await FakeTokenEndpoint.Start()).Answers(400, """{"error":"invalid_grant","error_subtype":"invalid_rapt"}""");
        provider.Definition = GoogleAt(provider);
        var failed = await provider.Fails();
        Assert.Equal(FailureKind.ReauthRequired, failed.Kind);
        Assert.StartsWith("The provider answered invalid_grant (invalid_rapt). ", failed.Message, StringComparison.Ordinal);
        Assert.Contains("administrator", failed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unknown_subtype_is_not_quoted()
    {
        await using var provider = (await FakeTokenEndpoint.Start()).Answers(400, """{"error":"invalid_grant","error_subtype":"something new"}""");
        provider.Definition = GoogleAt(provider);
        Assert.Equal("The provider answered invalid_grant.", (await provider.Fails()).Message);
    }

    // RFC 9110 10.2.3: seconds, or a date
    [Theory]
    [InlineData("30", 30)]
    [InlineData("Sun, 01 Mar 2026 12:02:00 GMT", 120)]
    public async Task The_requested_retry_delay_is_returned(string after, int seconds)
    {
        await using var provider = await FakeTokenEndpoint.Start(clock: new FakeTimeProvider(DateTimeOffset.Parse("2026-03-01T12:00:00Z", null)));
        provider.Server.Answer = context =>
        {
            context.Response.StatusCode = 429;
            context.Response.Headers.RetryAfter = after;
            return Task.CompletedTask;
        };
        var failed = await provider.Fails();
        Assert.Equal((FailureKind.Throttled, TimeSpan.FromSeconds(seconds)), (failed.Kind, failed.RetryAfter));
    }

    [Fact]
    public async Task A_closed_port_leaves_the_token_unused()
    {
        await using var provider = await FakeTokenEndpoint.Start();
        await provider.Server.Stop();
        var failed = await provider.Fails();
        Assert.Equal((FailureKind.Unavailable, Delivered.No), (failed.Kind, failed.Processed));
    }

    [Fact]
    public async Task After_an_incomplete_response_the_token_may_be_used_up()
    {
        await using var provider = await FakeTokenEndpoint.Start();
        provider.Server.Answer = context =>
        {
            context.Abort();
            return Task.CompletedTask;
        };
        var failed = await provider.Fails();
        Assert.Equal((FailureKind.Unavailable, Delivered.Maybe), (failed.Kind, failed.Processed));
    }

    [Theory]
    [InlineData(19, true)]
    [InlineData(20, false)]
    public async Task A_slow_response_is_awaited_and_after_a_missing_one_the_token_may_be_used_up(int seconds, bool given)
    {
        var (clock, answer) = (new FakeTimeProvider(), new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        await using var provider = await FakeTokenEndpoint.Start(clock: clock);
        provider.Server.Answer = async context =>
        {
            await answer.Task;
            await context.Response.WriteAsync("""{"access_token":"a"}""");
        };
        var received = provider.Refresh();
        await Until.Holds(() => provider.Server.Requests.Count == 1, "the request arrives");
        clock.Advance(TimeSpan.FromSeconds(seconds));
        if (given) answer.SetResult();
        var came = await received;
        answer.TrySetResult();
        Assert.Equal(given, came is TokenResponse.Granted);
        if (!given) Assert.Equal((FailureKind.Timeout, Delivered.Maybe), came is TokenResponse.Failed f ? (f.Kind, f.Processed) : default);
    }

    [Fact]
    public async Task Secrets_quoted_by_the_provider_are_masked()
    {
        await using var provider = (await FakeTokenEndpoint.Start()).Answers(
            400, $$"""{"error":"invalid_grant","error_description":"Token canary-refresh-17 of {{FakeTokenEndpoint.ClientSecret}} is unknown."}""");
        Assert.Equal("The provider answered invalid_grant: Token *** of *** is unknown.", (await provider.Fails()).Message);
    }

    private static OAuthDefinition GoogleAt(FakeTokenEndpoint provider) => GmailEntry.Create().OAuth! with { TokenUrl = provider.Definition.TokenUrl };
}
