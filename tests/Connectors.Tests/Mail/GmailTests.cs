using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using Connections.Domain;
using MimeKit;

namespace Connectors.Tests.Mail;

/// <summary>
/// Checks requests to Gmail against https://developers.google.com/workspace/gmail/api/reference/rest/v1/users.messages. The comments name
/// its methods. Responses have the documented form.
/// </summary>
public sealed class GmailTests
{
    private const string Messages = "/gmail/v1/users/me/messages";

    // messages.send: POST …/messages/send, a Message whose raw is "RFC 2822 formatted and base64url encoded"
    [Fact]
    public async Task An_email_is_sent_completely()
    {
        await using var gmail = (await Mailbox.Create("gmail")).Answers($"POST {Messages}/send", """{"id":"18f2","threadId":"18f2","labelIds":["SENT"]}""");
        var output = await gmail.Done("send-email", new
        {
            to = new[] { "Ann Ümlaut <ann@example.com>" },
            cc = new[] { "bob@example.com" },
            bcc = new[] { "eve@example.com" },
            replyTo = new[] { "desk@example.com" },
            subject = "Grüße",
            text = "plain",
            html = "<p>rich</p>",
            attachments = new[] { new { name = "a.txt", contentType = "text/plain", base64 = "aGVsbG8=" } }
        });

        Assert.Equal("18f2", output.GetProperty("id").GetString());
        var received = Assert.Single(gmail.Requests);
        Assert.Equal(("POST", $"{Messages}/send", $"Bearer {Mailbox.Token}"), (received.Method, received.Target, received.Headers["Authorization"]));
        Assert.StartsWith("application/json", received.Headers["Content-Type"], StringComparison.Ordinal);
        using var body = JsonDocument.Parse(received.Body);
        Assert.Equal("raw", Assert.Single(body.RootElement.EnumerateObject()).Name);
        var raw = Base64Url.DecodeFromChars(body.RootElement.GetProperty("raw").GetString());
        Assert.DoesNotMatch("(?m)^(From|Message-Id):|(?<!\r)\n", Encoding.UTF8.GetString(raw)); // Gmail adds these headers; RFC 5322 2.1 requires CRLF
        using var mail = MimeMessage.Load(new MemoryStream(raw));
        Assert.Equal(
            ("\"Ann Ümlaut\" <ann@example.com>", "bob@example.com", "eve@example.com", "desk@example.com", "Grüße", "plain", "<p>rich</p>"),
            (mail.To.ToString(), mail.Cc.ToString(), mail.Bcc.ToString(), mail.ReplyTo.ToString(), mail.Subject, mail.TextBody, mail.HtmlBody));
        var file = Assert.IsType<TextPart>(Assert.Single(mail.Attachments));
        Assert.Equal(("a.txt", "text/plain", "hello"), (file.FileName, file.ContentType.MimeType, file.Text));
    }

    [Theory]
    [InlineData("message/rfc822")]
    [InlineData("MESSAGE/RFC822")]
    [InlineData("multipart/mixed; boundary=x")]
    public async Task An_attachment_with_an_invalid_message_type_is_sent_as_bytes(string contentType)
    {
        await using var gmail = (await Mailbox.Create("gmail")).Answers($"POST {Messages}/send", """{"id":"18f2"}""");
        await gmail.Done("send-email", new
        {
            to = new[] { "ann@example.com" },
            subject = "S",
            text = "T",
            attachments = new[] { new { name = "a.eml", contentType, base64 = "AAECAw==" } }
        });
        using var body = JsonDocument.Parse(Assert.Single(gmail.Requests).Body);
        using var mail = MimeMessage.Load(new MemoryStream(Base64Url.DecodeFromChars(body.RootElement.GetProperty("raw").GetString())));
        var file = Assert.IsType<MimePart>(Assert.Single(mail.Attachments));
        using var bytes = new MemoryStream();
        file.Content!.DecodeTo(bytes);
        Assert.Equal(("a.eml", "application/octet-stream", "00010203"), (file.FileName, file.ContentType.MimeType, Convert.ToHexString(bytes.ToArray())));
    }

    [Fact]
    public void The_library_does_not_end_a_call_before_its_attempt_does()
    {
        using var handler = new HttpClientHandler();
        using var google = new Connections.Connectors.Gmail.GoogleService("https://gmail.googleapis.com", handler);
        Assert.Equal(Timeout.InfiniteTimeSpan, google.HttpClient.Timeout);
    }

    // messages.list returns only ids ("each message resource contains only an id and a threadId"); messages.get returns the rest
    [Fact]
    public async Task A_search_reads_the_list_and_each_message_header()
    {
        await using var gmail = (await Mailbox.Create("gmail"))
            .Answers($"GET {Messages}", """{"messages":[{"id":"1","threadId":"1"}],"resultSizeEstimate":1}""")
            .Answers($"GET {Messages}/1", """
                {"id":"1","snippet":"It&#39;s on","internalDate":"1718000000000","payload":{"headers":[
                  {"name":"From","value":"Ann <ann@example.com>"},{"name":"To","value":"\"Lee, Bob\" <bob@example.com>, eve@example.com"},
                  {"name":"Subject","value":"Your order"}]}}
                """);
        var output = await gmail.Done("search-emails", new { query = "from:ann&x={y}", limit = 3 });
        var found = Assert.Single(output.GetProperty("messages").EnumerateArray());
        Assert.Equal(
            ("1", "Ann <ann@example.com>", "Your order", "It's on", "2024-06-10T06:13:20Z"),
            (Text(found, "id"), Text(found, "from"), Text(found, "subject"), Text(found, "preview"), Text(found, "receivedAt")));
        Assert.Equal(["\"Lee, Bob\" <bob@example.com>", "eve@example.com"], found.GetProperty("to").EnumerateArray().Select(t => t.GetString()));
        Assert.Equal(
            [$"{Messages}?q=from%3Aann%26x%3D%7By%7D&maxResults=3", $"{Messages}/1?format=metadata"], gmail.Requests.Select(a => a.Target));
    }

    [Fact]
    public async Task An_email_is_read_with_its_texts_and_attachment_names()
    {
        static string Data(string text) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(text));
        await using var gmail = (await Mailbox.Create("gmail")).Answers($"GET {Messages}/18f2", $$$"""
            {"id":"18f2","payload":{"mimeType":"multipart/mixed","headers":[{"name":"subject","value":"S"}],"parts":[
              {"mimeType":"multipart/alternative","filename":"","parts":[
                {"mimeType":"text/plain","filename":"","body":{"size":5,"data":"{{{Data("grün")}}}"}},
                {"mimeType":"text/html","filename":"","body":{"size":9,"data":"{{{Data("<b>grün</b>")}}}"}}]},
              {"mimeType":"application/pdf","filename":"bill.pdf","body":{"attachmentId":"A","size":1234}}]}}
            """);
        var mail = await gmail.Done("read-email", new { id = "18f2" });
        Assert.Equal(("S", "grün", "<b>grün</b>", false), (Text(mail, "subject"), Text(mail, "text"), Text(mail, "html"), mail.GetProperty("truncated").GetBoolean()));
        Assert.Equal("""[{"name":"bill.pdf","contentType":"application/pdf","size":1234}]""", mail.GetProperty("attachments").GetRawText());
        Assert.Equal($"{Messages}/18f2?format=full", Assert.Single(gmail.Requests).Target);
    }

    [Fact]
    public async Task A_text_that_is_too_long_is_cut_between_characters()
    {
        var data = Base64Url.EncodeToString(Encoding.UTF8.GetBytes("a" + string.Concat(Enumerable.Repeat("😀", 20_000))));
        await using var gmail = (await Mailbox.Create("gmail"))
            .Answers($"GET {Messages}/1", $$$"""{"id":"1","payload":{"mimeType":"text/plain","body":{"size":1,"data":"{{{data}}}"} } }""");
        var mail = await gmail.Done("read-email", new { id = "1" });
        Assert.True(mail.GetProperty("truncated").GetBoolean());
        var text = Text(mail, "text")!;
        Assert.True(text.Length > 10_000);
        Assert.Equal("a" + string.Concat(Enumerable.Repeat("😀", text.Length / 2)), text);
    }

    // https://developers.google.com/identity/openid-connect/openid-connect: sub never changes
    [Fact]
    public async Task The_account_is_the_one_that_signed_in()
    {
        await using var gmail = (await Mailbox.Create("gmail")).Answers("GET /v1/userinfo", """{"sub":"1045","email":"ann@example.com"}""");
        var probe = await gmail.Probe();
        Assert.Null(probe.Failure);
        Assert.Equal(("1045", "ann@example.com"), (probe.Account!.Id, probe.Account.Display));
        Assert.Equal(["resolve", "connect", "tls", "signIn", "identify"], probe.Steps.Select(s => s.Name));
    }

    // https://developers.google.com/workspace/gmail/api/guides/handle-errors
    [Theory]
    [InlineData(400, "invalidArgument", FailureKind.InvalidInput)]
    [InlineData(401, "authError", FailureKind.ReauthRequired)]
    [InlineData(403, "insufficientPermissions", FailureKind.Forbidden)]
    [InlineData(403, "userRateLimitExceeded", FailureKind.Throttled)]
    [InlineData(403, "accessNotConfigured", FailureKind.Operator)]
    [InlineData(404, "notFound", FailureKind.NotFound)]
    [InlineData(429, "rateLimitExceeded", FailureKind.Throttled)]
    [InlineData(500, "backendError", FailureKind.Unavailable)]
    public async Task Each_error_response_becomes_its_failure_kind(int status, string reason, FailureKind kind)
    {
        await using var gmail = (await Mailbox.Create("gmail")).Answers($"POST {Messages}/send", $$$"""
            {"error":{"code":{{{status}}},"message":"Said of {{{Mailbox.Token}}}.","errors":[{"domain":"global","reason":"{{{reason}}}","message":"m"}]}}
            """, status);
        var failed = await gmail.Fails("send-email", new { to = new[] { "ann@example.com" }, subject = "S", text = "T" });
        Assert.Equal((kind, kind == FailureKind.Unavailable ? Delivered.Maybe : Delivered.No), (failed.Kind, failed.Delivered));
        if (kind != FailureKind.ReauthRequired) Assert.EndsWith($"{status} {reason} Said of ***.", failed.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("nobody", "S", "to[0] is not an email address.")]
    [InlineData("ann@example.com", "S\r\nBcc: eve@example.com", "subject contains a line break or another control character.")]
    [InlineData("ann@example.com>\r\nX: y", "S", "to[0] contains a line break or another control character.")]
    public async Task An_invalid_email_is_not_sent(string to, string subject, string message)
    {
        await using var gmail = await Mailbox.Create("gmail");
        var failed = await gmail.Fails("send-email", new { to = new[] { to }, subject, text = "T" });
        Assert.Equal((FailureKind.InvalidInput, message), (failed.Kind, failed.Message));
        Assert.Empty(gmail.Requests);
    }

    private static string? Text(JsonElement value, string name) => value.GetProperty(name).GetString();
}
