using Connections.Connectors;
using Connections.Connectors.Definitions;
using Connections.Domain;

namespace Connectors.Tests.Definitions;

/// <summary>The definition of Zoho Mail by what its documentation says.</summary>
public sealed class ZohoMailTests
{
    private static readonly (int, string) Accounts = (200, """
        {"status":{"code":200},"data":[{"type":"POP","accountId":"1","primaryEmailAddress":"old@a.example"},
        {"type":"ZOHO_ACCOUNT","accountId":"6000000000293","primaryEmailAddress":"ann@a.example"}]}
        """);

    [Theory]
    [InlineData(200, 401, "INVALID_OAUTHTOKEN", FailureKind.ReauthRequired)]
    [InlineData(400, 400, "INVALID_OAUTHSCOPE", FailureKind.Forbidden)]
    [InlineData(404, 404, "URL_RULE_NOT_CONFIGURED", FailureKind.InvalidInput)]
    [InlineData(200, 400, "PATTERN_NOT_MATCHED", FailureKind.InvalidInput)]
    [InlineData(200, 404, "X", FailureKind.NotFound)]
    [InlineData(200, 403, "X", FailureKind.Forbidden)]
    [InlineData(200, 500, "X", FailureKind.Unavailable)]
    [InlineData(429, 429, "X", FailureKind.Throttled)]
    public async Task An_error_is_read_from_the_body(int status, int code, string error, FailureKind kind)
    {
        var body = $$$"""{"status":{"code":{{{code}}},"description":"d"},"data":{"errorCode":"{{{error}}}"}}""";
        await using var mail = await Start(Accounts, (status, body));
        Assert.Equal(kind, Assert.IsType<ConnectorResult.Failed>(await Send(mail)).Kind);
    }

    [Fact]
    public async Task An_email_is_sent_from_the_account_of_Zoho()
    {
        await using var mail = await Start(Accounts, (200, """{"status":{"code":200},"data":{"messageId":"1710915488416100001"}}"""));
        var done = Assert.IsType<ConnectorResult.Done>(await Send(mail));
        Assert.Equal("""{"id":"1710915488416100001"}""", done.Output.GetRawText());
        Assert.Equal(["GET /api/accounts", "POST /api/accounts/6000000000293/messages"], mail.Requests);
        Assert.Equal(
            """{"fromAddress":"ann@a.example","toAddress":"bob@a.example,Eve <eve@a.example>","subject":"s","content":"t","mailFormat":"plaintext"}""",
            mail.Bodies.Last());
        Assert.All(mail.Authorizations, sent => Assert.Equal("Zoho-oauthtoken canary-1", sent));
    }

    [Fact]
    public async Task Empty_lists_are_not_sent()
    {
        await using var mail = await Start(Accounts, (200, """{"status":{"code":200},"data":{"messageId":"17"}}"""));
        var none = Array.Empty<string>();
        Assert.IsType<ConnectorResult.Done>(await mail.Run("send-email", new
        {
            to = none,
            cc = (string[])["bob@a.example"],
            bcc = none,
            replyTo = none,
            attachments = Array.Empty<object>(),
            subject = "s",
            text = "t",
            vendor = new { files = Array.Empty<object>() }
        }, new { }, "oauth"));
        Assert.Equal(
            """{"fromAddress":"ann@a.example","ccAddress":"bob@a.example","subject":"s","content":"t","mailFormat":"plaintext"}""",
            mail.Bodies.Last());
    }

    [Fact]
    public async Task Attachments_are_uploaded_before_the_email_names_them()
    {
        await using var mail = await Start(
            Accounts,
            (200, """{"status":{"code":200},"data":{"storeName":"s1","attachmentName":"a b.txt","attachmentPath":"/p/1"}}"""),
            (200, """{"status":{"code":200},"data":{"messageId":"17"}}"""));
        Assert.IsType<ConnectorResult.Done>(await mail.Run("send-email", new
        {
            to = (string[])["bob@a.example"],
            subject = "s",
            text = "t",
            attachments = new[] { new { name = "a b.txt", contentType = "text/plain", base64 = Convert.ToBase64String("canary text"u8) } }
        }, new { }, "oauth"));
        Assert.Equal("POST /api/accounts/6000000000293/messages/attachments?fileName=a%20b.txt", mail.Requests.ElementAt(1));
        Assert.Equal(("canary text", "application/octet-stream"), (mail.Bodies.ElementAt(1), mail.Headers.ElementAt(1)["Content-Type"]));
        Assert.EndsWith(
            ""","mailFormat":"plaintext","attachments":[{"storeName":"s1","attachmentName":"a b.txt","attachmentPath":"/p/1"}]}""",
            mail.Bodies.Last(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_failed_upload_sends_no_email_and_leaves_nothing_unknown()
    {
        await using var mail = await Start(Accounts, (500, "{}"));
        var failed = Assert.IsType<ConnectorResult.Failed>(await mail.Run("send-email", new
        {
            to = (string[])["bob@a.example"],
            subject = "s",
            attachments = new[] { new { name = "a", base64 = "AAAA" } }
        }, new { }, "oauth"));
        Assert.Equal((FailureKind.Unavailable, Delivered.No), (failed.Kind, failed.Delivered));
        Assert.DoesNotContain(mail.Requests, r => r.EndsWith("/messages", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_email_that_Zoho_cannot_send_is_rejected()
    {
        await using var mail = await Start(Accounts);
        foreach (var input in new object[]
        {
            new { to = (string[])["bob@a.example"], replyTo = (string[])["ann@a.example"], subject = "s" },
            new { subject = "s", text = "t" }
        })
            Assert.Equal(FailureKind.InvalidInput, Assert.IsType<ConnectorResult.Failed>(await mail.Run("send-email", input, new { }, "oauth")).Kind);
        Assert.Empty(mail.Requests);
    }

    [Fact]
    public async Task Found_emails_have_plain_texts_and_ids_with_the_folder()
    {
        await using var mail = await Start(Accounts, (200, """
            {"status":{"code":200},"data":[{"folderId":"9000000002014","messageId":1710915488416100001,"fromAddress":"bob@a.example","subject":"a &amp; b",
            "summary":"p","receivedTime":"1709876190649","toAddress":"&quot;Lee, Ann&quot;&lt;ann@a.example&gt;,&lt;eve@a.example&gt;"},
            {"folderId":"1","messageId":"2","toAddress":"Not Provided"}]}
            """));
        var done = Assert.IsType<ConnectorResult.Done>(await mail.Run("search-emails", new { query = "sender:bob", limit = 5 }, new { }, "oauth"));
        var messages = done.Output.GetProperty("messages");
        Assert.Equal("9000000002014.1710915488416100001", messages[0].GetProperty("id").GetString());
        Assert.Equal(("a & b", "2024-03-08T05:36:30.649Z"), (messages[0].GetProperty("subject").GetString(), messages[0].GetProperty("receivedAt").GetString()));
        Assert.Equal(["\"Lee, Ann\"<ann@a.example>", "<eve@a.example>"], messages[0].GetProperty("to").EnumerateArray().Select(to => to.GetString()));
        Assert.Empty(messages[1].GetProperty("to").EnumerateArray());
        Assert.Equal("GET /api/accounts/6000000000293/messages/search?searchKey=sender%3Abob&receivedTime=N&start=1&limit=5&includeto=true",
            System.Text.RegularExpressions.Regex.Replace(mail.Requests.Last(), "receivedTime=[0-9]{13}", "receivedTime=N"));
    }

    [Fact]
    public async Task Without_a_query_the_newest_emails_are_listed()
    {
        await using var mail = await Start(Accounts, (200, """{"status":{"code":200},"data":[]}"""));
        var done = Assert.IsType<ConnectorResult.Done>(await mail.Run("search-emails", new { }, new { }, "oauth"));
        Assert.Equal("""{"messages":[]}""", done.Output.GetRawText());
        Assert.Equal("GET /api/accounts/6000000000293/messages/view?start=1&limit=10&includeto=true", mail.Requests.Last());
    }

    [Fact]
    public async Task An_email_is_read_by_folder_and_message()
    {
        await using var mail = await Start(
            Accounts,
            (200, """
                {"status":{"code":200},"data":{"folderId":"3","messageId":"4","fromAddress":"bob@a.example","subject":"s","hasAttachment":"1",
                "toAddress":"&lt;ann@a.example&gt;","ccAddress":"Not Provided","receivedTime":"1709876190000"}}
                """),
            (200, """{"status":{"code":200},"data":{"messageId":4,"content":"<p>t</p>"}}"""),
            (200, """{"status":{"code":200},"data":{"attachments":[{"attachmentSize":6722,"attachmentName":"cat.jpeg","attachmentId":"1"}]}}"""));
        var done = Assert.IsType<ConnectorResult.Done>(await mail.Run("read-email", new { id = "3.4" }, new { }, "oauth"));
        var email = done.Output;
        Assert.Equal(("3.4", "<p>t</p>"), (email.GetProperty("id").GetString(), email.GetProperty("html").GetString()));
        Assert.Equal("<ann@a.example>", Assert.Single(email.GetProperty("to").EnumerateArray()).GetString());
        Assert.Empty(email.GetProperty("cc").EnumerateArray());
        Assert.Equal("2024-03-08T05:36:30Z", email.GetProperty("receivedAt").GetString());
        Assert.Equal("""[{"name":"cat.jpeg","size":6722}]""", email.GetProperty("attachments").GetRawText());
        Assert.Equal("""{"attachments":[{"id":"1","name":"cat.jpeg"}]}""", email.GetProperty("vendor").GetRawText());
        var below = "GET /api/accounts/6000000000293/folders/3/messages/4";
        Assert.Equal(["GET /api/accounts", $"{below}/details", $"{below}/content", $"{below}/attachmentinfo"], mail.Requests);
    }

    [Fact]
    public async Task The_account_is_the_one_of_Zoho()
    {
        await using var mail = await Start(Accounts);
        var account = (await mail.Probe(new { }, "oauth")).Account!;
        Assert.Equal(("6000000000293", "ann@a.example", "account-id"), (account.Id, account.Display, account.Basis));
    }

    [Fact]
    public void The_sign_in_is_in_the_data_centre_of_the_person()
    {
        var oauth = DefinitionFile.Embedded().Single(f => f.Entry.Id == "zoho-mail").Entry.OAuth!;
        var named = oauth.Named(new Dictionary<string, string> { ["accounts-server"] = "https://accounts.zohocloud.ca", ["location"] = "ca" }, default)!;
        Assert.Equal("https://accounts.zohocloud.ca/oauth/v2/token", oauth.With(named).TokenUrl);
        Assert.Equal("https://accounts.zohocloud.ca/oauth/v2/token/revoke", oauth.With(named).RevokeUrl);
    }

    private static Task<ConnectorResult> Send(Scripted mail) => mail.Run(
        "send-email", new { to = (string[])["bob@a.example", "Eve <eve@a.example>"], subject = "s", text = "t" }, new { }, "oauth");

    private static Task<Scripted> Start(params (int, string)[] answers) => Scripted.Start("zoho-mail", "/api", null, answers);
}
