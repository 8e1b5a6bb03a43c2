using System.Text.Json;
using Connections.Domain;

namespace Connectors.Tests.Mail;

/// <summary>Identities and ids of providers that are empty or unreadable.</summary>
public sealed class EmptyTextTests
{
    [Theory]
    [InlineData("gmail", "GET /v1/userinfo", """{"sub":"108","email":""}""", "108")]
    [InlineData("gmail", "GET /v1/userinfo", """{"sub":"108","email":" "}""", "108")]
    [InlineData("gmail", "GET /v1/userinfo", """{"sub":"108"}""", "108")]
    [InlineData("outlook", "GET /v1.0/me", """{"id":"87d3","mail":"","userPrincipalName":"u"}""", "u")]
    [InlineData("outlook", "GET /v1.0/me", """{"id":"87d3","mail":" ","userPrincipalName":""}""", "87d3")]
    [InlineData("gmail", "GET /v1/userinfo", """{"sub":" ","email":"a@example.com"}""", null)]
    [InlineData("outlook", "GET /v1.0/me", """{"id":" ","mail":"a@example.com"}""", null)]
    public async Task An_empty_name_is_as_a_missing_one(string connector, string request, string body, string? shown)
    {
        await using var mailbox = (await Mailbox.Create(connector)).Answers(request, body);
        var probe = await mailbox.Probe();
        Assert.Equal((shown is null ? FailureKind.Unavailable : null, shown), (probe.Failure?.Kind, probe.Account?.Display));
    }

    [Fact]
    public async Task An_empty_id_of_a_sent_email_is_as_a_missing_one()
    {
        await using var mailbox = (await Mailbox.Create("gmail")).Answers("POST /gmail/v1/users/me/messages/send", """{"id":""}""");
        var output = await mailbox.Done("send-email", new { to = new[] { "a@example.com" }, subject = "S", text = "T" });
        Assert.Equal(JsonValueKind.Null, output.GetProperty("id").ValueKind);
    }

    [Theory]
    [InlineData("gmail", "POST /gmail/v1/users/me/messages/send", """{"error":{"message":"\ud800","code":400}}""")]
    [InlineData("outlook", "POST /v1.0/me/sendMail", """{"error":{"code":"\ud800"}}""")]
    [InlineData("outlook", "POST /v1.0/me/sendMail", """{"\ud800":1,"error":"no object"}""")]
    [InlineData("outlook", "POST /v1.0/me/sendMail", """{"error":{"errors":["x"],"message":["y"]}}""")]
    [InlineData("outlook", "POST /v1.0/me/sendMail", "[[[[")]
    public async Task An_error_that_cannot_be_read_keeps_its_status(string connector, string request, string body)
    {
        await using var mailbox = (await Mailbox.Create(connector)).Answers(request, body, 400);
        var failed = await mailbox.Fails("send-email", new { to = new[] { "a@example.com" }, subject = "S", text = "T" });
        Assert.Equal((FailureKind.InvalidInput, Delivered.No), (failed.Kind, failed.Delivered));
    }
}
