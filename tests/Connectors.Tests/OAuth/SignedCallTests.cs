using Connections.Connectors;
using Connections.Domain;
using Microsoft.AspNetCore.Http;

namespace Connectors.Tests.OAuth;

/// <summary>Calls with an access token, and the reaction to a rejected token.</summary>
public sealed class SignedCallTests
{
    private static readonly object Mail = new { to = "bob@demo.example", subject = "Hello", text = "It works." };

    [Fact]
    public async Task A_call_carries_the_token()
    {
        await using var provider = (await FakeTokenEndpoint.Start()).Answers(202, """{"id":"m-1"}""");
        var done = Assert.IsType<ConnectorResult.Done>(await provider.Run(new HandedTokens("one"), "send-email", Mail));
        Assert.Equal("m-1", done.Output.GetProperty("id").GetString());
        var received = Assert.Single(provider.Server.Requests);
        Assert.Equal(("POST", "/mail/messages", "Bearer one"), (received.Method, received.Target, received.Headers["Authorization"]));
        Assert.Equal("""{"to":"bob@demo.example","subject":"Hello","text":"It works."}""", received.Body);
    }

    [Fact]
    public async Task A_rejected_token_is_refreshed_once_and_the_call_repeated()
    {
        await using var provider = await FakeTokenEndpoint.Start();
        Takes(provider, "two");
        var tokens = new HandedTokens("one", "two");
        Assert.IsType<ConnectorResult.Done>(await provider.Run(tokens, "send-email", Mail));
        Assert.Equal(["Bearer one", "Bearer two"], provider.Server.Requests.Select(r => r.Headers["Authorization"]));
        Assert.Equal([null, 0], tokens.Requested);
    }

    [Fact]
    public async Task A_rejected_refreshed_token_requires_a_reconnect()
    {
        await using var provider = await FakeTokenEndpoint.Start();
        Takes(provider, "none of them");
        var failed = Assert.IsType<ConnectorResult.Failed>(await provider.Run(new HandedTokens("one", "two"), "send-email", Mail));
        Assert.Equal((FailureKind.ReauthRequired, Delivered.No), (failed.Kind, failed.Delivered));
        Assert.Equal(2, provider.Server.Requests.Count);
    }

    [Fact]
    public async Task Without_a_token_nothing_is_sent()
    {
        await using var provider = await FakeTokenEndpoint.Start();
        var failed = Assert.IsType<ConnectorResult.Failed>(await provider.Run(new HandedTokens(), "send-email", Mail));
        Assert.Equal(FailureKind.Throttled, failed.Kind);
        Assert.Empty(provider.Server.Requests);
    }

    [Fact]
    public async Task A_token_quoted_by_the_API_is_masked()
    {
        await using var provider = (await FakeTokenEndpoint.Start()).Answers(403, "canary-token-5 may not do this.", "text/plain");
        var failed = Assert.IsType<ConnectorResult.Failed>(await provider.Run(new HandedTokens("canary-token-5"), "send-email", Mail));
        Assert.Equal(FailureKind.Forbidden, failed.Kind);
        Assert.Contains("*** may not do this.", failed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_workspace_uses_its_own_application()
    {
        await using var provider = await FakeTokenEndpoint.Start(new Dictionary<string, string?> { ["OAuth:demo-mail:Workspaces:default:ClientId"] = "client-2" });
        provider.Answers(200, """{"access_token":"a"}""");
        await provider.Gives();
        Assert.EndsWith("&client_id=client-2", Assert.Single(provider.Server.Requests).Body, StringComparison.Ordinal);
    }

    private static void Takes(FakeTokenEndpoint provider, string token) => provider.Server.Answer = context =>
    {
        context.Response.StatusCode = context.Request.Headers.Authorization == $"Bearer {token}" ? 200 : 401;
        context.Response.ContentType = "application/json";
        return context.Response.WriteAsync("""{"id":"m-1"}""");
    };
}
