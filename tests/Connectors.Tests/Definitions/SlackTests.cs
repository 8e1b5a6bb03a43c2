using Connections.Connectors;
using Connections.Connectors.Definitions;
using Connections.Connectors.OAuth;
using Connections.Domain;

namespace Connectors.Tests.Definitions;

/// <summary>The definition of Slack by what its documentation and recorded answers say.</summary>
public sealed class SlackTests
{
    [Theory]
    [InlineData("invalid_auth", FailureKind.ReauthRequired)]
    [InlineData("channel_not_found", FailureKind.NotFound)]
    [InlineData("not_in_channel", FailureKind.InvalidInput)]
    [InlineData("restricted_action_read_only_channel", FailureKind.Forbidden)]
    [InlineData("ratelimited", FailureKind.Throttled)]
    [InlineData("fatal_error", FailureKind.Unavailable)]
    [InlineData("an_unknown_error", FailureKind.InvalidInput)]
    public async Task An_error_within_a_200_is_a_failure(string error, FailureKind kind)
    {
        await using var slack = await Start((200, $$"""{"ok":false,"error":"{{error}}"}"""));
        Assert.Equal(kind, Assert.IsType<ConnectorResult.Failed>(await Post(slack)).Kind);
    }

    [Fact]
    public async Task An_expired_token_is_refreshed_once()
    {
        await using var slack = await Start((200, """{"ok":false,"error":"token_expired"}"""), (200, """{"ok":true,"ts":"1405894322.002768","channel":"C00000001"}"""));
        var done = Assert.IsType<ConnectorResult.Done>(await Post(slack));
        Assert.Equal("""{"id":"1405894322.002768","channel":"C00000001"}""", done.Output.GetRawText());
        Assert.Equal(2, slack.Requests.Count());
        Assert.Equal("""{"channel":"C00000001","text":"t"}""", slack.Bodies.Last());
    }

    [Fact]
    public async Task Channels_are_read_page_by_page_up_to_the_limit()
    {
        await using var slack = await Start(
            (200, """{"ok":true,"channels":[{"id":"C00000001","name":"a","is_private":false}],"response_metadata":{"next_cursor":"x="}}"""),
            (200, """{"ok":true,"channels":[{"id":"C00000002","name":"b","is_private":true}],"response_metadata":{"next_cursor":"y="}}"""));
        var done = Assert.IsType<ConnectorResult.Done>(await slack.Run("list-channels", new { limit = 2 }, new { }, "oauth"));
        Assert.Equal(["C00000001", "C00000002"], done.Output.GetProperty("channels").EnumerateArray().Select(c => c.GetProperty("id").GetString()));
        Assert.Equal("y=", done.Output.GetProperty("next").GetString());
        Assert.Contains("limit=2", slack.Requests.First(), StringComparison.Ordinal);
        Assert.EndsWith("limit=1&cursor=x%3D", slack.Requests.Last(), StringComparison.Ordinal);
    }

    [Fact]
    public void The_token_answer_is_read_where_Slack_puts_it()
    {
        var oauth = DefinitionFile.Embedded().Single(f => f.Entry.Id == "slack").Entry.OAuth!;
        var granted = Assert.IsType<TokenResponse.Granted>(TokenResponse.Read(
            200, """{"ok":true,"access_token":"xoxb-1","scope":"chat:write,channels:read","bot_user_id":"U9","team":{"id":"T01"}}""", null, oauth, default)).Grant;
        Assert.Equal(["chat:write", "channels:read"], granted.Scopes!);
        Assert.Equal(("T01", "U9"), (granted.Kept["teamId"], granted.Kept["botUserId"]));
        var failed = Assert.IsType<TokenResponse.Failed>(TokenResponse.Read(200, """{"ok":false,"error":"invalid_refresh_token"}""", null, oauth, default));
        Assert.Equal(FailureKind.ReauthRequired, failed.Kind);
    }

    [Fact]
    public async Task The_account_is_the_team_and_the_user()
    {
        await using var slack = await Start((200, """{"ok":true,"team_id":"T01","user_id":"U01","user":"bot","team":"Acme"}"""));
        var account = (await slack.Probe(new { }, "oauth")).Account!;
        Assert.Equal((":T01:U01", "bot in Acme"), (account.Id, account.Display));
    }

    private static Task<ConnectorResult> Post(Scripted slack) => slack.Run("post-message", new { channel = "C00000001", text = "t" }, new { }, "oauth");

    private static Task<Scripted> Start(params (int, string)[] answers) => Scripted.Start("slack", "/api", null, answers);
}
