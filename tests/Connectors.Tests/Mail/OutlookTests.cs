using System.Text.Json;
using System.Web;
using Connections.Domain;

namespace Connectors.Tests.Mail;

/// <summary>Checks requests to Microsoft Graph against https://learn.microsoft.com/graph/api (v1.0). The comments name its pages.</summary>
public sealed class OutlookTests
{
    // user-sendmail: POST /me/sendMail, 202 and no body; recipients and fileAttachment as resources of the same names. The action's
    // parameters are Message and SaveToSentItems in Graph's metadata (https://graph.microsoft.com/v1.0/$metadata); the page shows them in
    // lower case
    [Fact]
    public async Task An_email_is_sent_completely()
    {
        await using var outlook = (await Mailbox.Create("outlook")).Answers("POST /v1.0/me/sendMail", "", 202);
        var output = await outlook.Done("send-email", new
        {
            to = new[] { "Ann <ann@example.com>" },
            cc = new[] { "bob@example.com" },
            bcc = new[] { "eve@example.com" },
            replyTo = new[] { "desk@example.com" },
            subject = "Grüße",
            text = "plain",
            html = "<p>rich</p>",
            attachments = new[] { new { name = "a.txt", contentType = "text/plain", base64 = "aGVsbG8=" } }
        });

        Assert.Equal(JsonValueKind.Null, output.GetProperty("id").ValueKind);
        var received = Assert.Single(outlook.Requests);
        Assert.Equal(("POST", "/v1.0/me/sendMail", $"Bearer {Mailbox.Token}"), (received.Method, received.Target, received.Headers["Authorization"]));
        Assert.StartsWith("application/json", received.Headers["Content-Type"], StringComparison.Ordinal);
        using var body = JsonDocument.Parse(received.Body);
        var message = body.RootElement.GetProperty("Message");
        Assert.Equal(
            ("ann@example.com", "bob@example.com", "eve@example.com", "desk@example.com"),
            (Address(message, "toRecipients"), Address(message, "ccRecipients"), Address(message, "bccRecipients"), Address(message, "replyTo")));
        Assert.Equal(("Grüße", "html", "<p>rich</p>"), (
            message.GetProperty("subject").GetString(),
            message.GetProperty("body").GetProperty("contentType").GetString(),
            message.GetProperty("body").GetProperty("content").GetString()));
        var file = Assert.Single(message.GetProperty("attachments").EnumerateArray());
        Assert.Equal(("#microsoft.graph.fileAttachment", "a.txt", "text/plain", "aGVsbG8="), (
            file.GetProperty("@odata.type").GetString(), file.GetProperty("name").GetString(),
            file.GetProperty("contentType").GetString(), file.GetProperty("contentBytes").GetString()));
    }

    [Fact]
    public void The_library_does_not_end_a_call_before_its_attempt_does()
    {
        using var client = Connections.Connectors.Outlook.OutlookConnector.CreateHttpClient(new HttpClientHandler());
        Assert.Equal(Timeout.InfiniteTimeSpan, client.Timeout);
    }

    // https://learn.microsoft.com/graph/throttling-limits#outlook-service-limits: "4 concurrent requests" for each app and mailbox
    [Fact]
    public void Concurrency_does_not_exceed_the_limit_of_a_mailbox() =>
        Assert.Equal(4, Connections.Connectors.Outlook.OutlookEntry.Create().Concurrency);

    // user-list-messages and search-query-parameter: $search in quotes; the result is sorted, and $orderby is not allowed
    [Theory]
    [InlineData("pizza", "$search=\"pizza\"", "$orderby")]
    [InlineData("say \"it\"", "$search=\"say \\\"it\\\"\"", "$orderby")]
    [InlineData("", "$orderby=receivedDateTime desc", "$search")]
    public async Task A_search_uses_the_query_syntax_of_Graph(string query, string received, string not)
    {
        await using var outlook = (await Mailbox.Create("outlook")).Answers("GET /v1.0/me/messages", """
            {"value":[{"id":"AAMk=","from":{"emailAddress":{"name":"Ann","address":"ann@example.com"}},"subject":"Your order",
              "toRecipients":[{"emailAddress":{"address":"bob@example.com"}}],"receivedDateTime":"2024-06-10T06:13:20Z","bodyPreview":"It is on"}]}
            """);
        var output = await outlook.Done("search-emails", new { query, limit = 3 });
        Assert.Equal(
            """[{"id":"AAMk=","from":"\"Ann\" <ann@example.com>","to":["bob@example.com"],"subject":"Your order","receivedAt":"2024-06-10T06:13:20Z","preview":"It is on"}]""",
            output.GetProperty("messages").GetRawText());
        var target = Uri.UnescapeDataString(Assert.Single(outlook.Requests).Target);
        Assert.Contains(received, target, StringComparison.Ordinal);
        Assert.Contains("$top=3", target, StringComparison.Ordinal);
        Assert.DoesNotContain(not, target, StringComparison.Ordinal);
    }

    // message-get
    [Fact]
    public async Task An_email_is_read_with_its_text_and_attachment_names()
    {
        await using var outlook = (await Mailbox.Create("outlook")).Answers("GET /v1.0/me/messages/AAMk=", """
            {"id":"AAMk=","subject":"S","body":{"contentType":"html","content":"<b>grün</b>"},
             "attachments":[{"@odata.type":"#microsoft.graph.fileAttachment","name":"bill.pdf","contentType":"application/pdf","size":1234}]}
            """);
        var mail = await outlook.Done("read-email", new { id = "AAMk=" });
        var query = HttpUtility.ParseQueryString(new Uri($"http://graph{Assert.Single(outlook.Requests).Target}").Query);
        Assert.Equal(
            ("id,from,toRecipients,ccRecipients,subject,receivedDateTime,bodyPreview,body", "attachments($select=id,name,contentType,size)"),
            (query["$select"], query["$expand"]));
        Assert.Equal(("S", "<b>grün</b>", JsonValueKind.Null), (
            mail.GetProperty("subject").GetString(), mail.GetProperty("html").GetString(), mail.GetProperty("text").ValueKind));
        Assert.Equal("""[{"name":"bill.pdf","contentType":"application/pdf","size":1234}]""", mail.GetProperty("attachments").GetRawText());
    }

    // user-get
    [Fact]
    public async Task The_account_is_the_one_that_signed_in()
    {
        await using var outlook = (await Mailbox.Create("outlook")).Answers("GET /v1.0/me", """{"id":"87d3","mail":"ann@example.com","userPrincipalName":"u"}""");
        var probe = await outlook.Probe();
        Assert.Null(probe.Failure);
        Assert.Equal(("87d3", "ann@example.com"), (probe.Account!.Id, probe.Account.Display));
    }

    // https://learn.microsoft.com/graph/errors, https://learn.microsoft.com/graph/throttling
    [Theory]
    [InlineData(400, "ErrorInvalidRecipients", FailureKind.InvalidInput)]
    [InlineData(401, "InvalidAuthenticationToken", FailureKind.ReauthRequired)]
    [InlineData(403, "ErrorAccessDenied", FailureKind.Forbidden)]
    [InlineData(404, "MailboxNotEnabledForRESTAPI", FailureKind.Forbidden)]
    [InlineData(404, "ErrorItemNotFound", FailureKind.NotFound)]
    [InlineData(429, "ApplicationThrottled", FailureKind.Throttled)]
    [InlineData(503, "serviceNotAvailable", FailureKind.Throttled)]
    [InlineData(500, "generalException", FailureKind.Unavailable)]
    public async Task Each_error_response_becomes_its_failure_kind(int status, string code, FailureKind kind)
    {
        await using var outlook = (await Mailbox.Create("outlook")).Answers(
            "POST /v1.0/me/sendMail", $$$"""{"error":{"code":"{{{code}}}","message":"Said of {{{Mailbox.Token}}}."}}""", status, status is 429 or 503 ? "7" : null);
        var failed = await outlook.Fails("send-email", new { to = new[] { "ann@example.com" }, subject = "S", text = "T" });
        Assert.Equal((kind, kind == FailureKind.Unavailable ? Delivered.Maybe : Delivered.No), (failed.Kind, failed.Delivered));
        Assert.Equal(kind == FailureKind.Throttled ? TimeSpan.FromSeconds(7) : null, failed.RetryAfter);
        if (kind != FailureKind.ReauthRequired) Assert.EndsWith($"{status} {code} Said of ***.", failed.Message, StringComparison.Ordinal);
    }

    private static string? Address(JsonElement message, string name) =>
        Assert.Single(message.GetProperty(name).EnumerateArray()).GetProperty("emailAddress").GetProperty("address").GetString();
}
