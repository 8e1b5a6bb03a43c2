using Connections.Connectors;
using Connections.Connectors.OAuth;
using Connections.Domain;
using Microsoft.AspNetCore.Http;

namespace Connectors.Tests.OAuth;

/// <summary>A call that the provider rejects even with a fresh token, where a test accepted the sign-in before.</summary>
public sealed class RejectedCallTests
{
    private static readonly object Mail = new { to = "bob@demo.example", subject = "Hello", text = "It works." };

    [Theory]
    [InlineData(false, 200, FailureKind.ReauthRequired, 2)]
    [InlineData(true, 200, FailureKind.Forbidden, 3)]
    [InlineData(true, 401, FailureKind.ReauthRequired, 4)]
    [InlineData(true, 403, FailureKind.ReauthRequired, 3)]
    [InlineData(true, 429, FailureKind.Throttled, 3)]
    public async Task Another_test_decides_whether_the_sign_in_is_rejected(bool tested, int status, FailureKind kind, int requests)
    {
        await using var provider = await FakeTokenEndpoint.Start();
        provider.Server.Answer = context =>
        {
            context.Response.StatusCode = context.Request.Path == "/me" ? status : 401;
            context.Response.ContentType = "application/json";
            return context.Response.WriteAsync("""{"sub":"1","email":"ann@demo.example"}""");
        };
        var tokens = new HandedTokens("canary-one-77", "canary-two-77", "canary-three-77", "canary-four-77");
        var failed = Assert.IsType<ConnectorResult.Failed>(await provider.Run(tokens, "send-email", Mail, tested));
        Assert.Equal((kind, Delivered.No, requests), (failed.Kind, failed.Delivered, provider.Server.Requests.Count));
        Assert.DoesNotContain("canary", failed.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(400, """{"error":"invalid_grant","error_description":"canary words"}""", "The provider answered invalid_grant.")]
    [InlineData(400, """{"error":"canary words"}""", "The provider answered with an error (400).")]
    [InlineData(401, """{"error":"invalid_client","error_description":"canary words"}""", "The provider answered invalid_client.")]
    [InlineData(200, """{"error":"canary words","error_description":"canary"}""", "The provider answered with an error (200).")]
    [InlineData(503, "canary words", "The provider answered 503.")]
    public async Task The_reason_of_a_rejected_refresh_quotes_a_known_code_at_most(int status, string body, string reason)
    {
        await using var provider = (await FakeTokenEndpoint.Start()).Answers(status, body);
        var failed = Assert.IsType<TokenResponse.Failed>(await provider.Refresh());
        Assert.Equal(reason, failed.Reason);
        Assert.DoesNotContain(provider.Received, line => line.Contains("canary", StringComparison.Ordinal));
    }
}
