using Connections.Connectors;
using Connections.Domain;
using Microsoft.Extensions.Time.Testing;
using TestServers;

namespace Connectors.Tests.Mail;

/// <summary>An email without a response may have been sent and is not sent again, even on a reused connection.</summary>
public sealed class LostAnswerTests
{
    private static readonly object Email = new { to = new[] { "ann@example.com" }, subject = "S", text = "T" };

    [Theory]
    [InlineData("gmail", "/gmail/v1/users/me/messages", "/gmail/v1/users/me/messages/send")]
    [InlineData("outlook", "/v1.0/me/messages", "/v1.0/me/sendMail")]
    public async Task An_email_that_timed_out_on_a_reused_connection_may_have_been_sent(string connector, string list, string send)
    {
        var (clock, over) = (new FakeTimeProvider(), new TaskCompletionSource());
        await using var mailbox = await Used(connector, list, clock);
        mailbox.Does($"POST {send}", _ => over.Task);
        var sending = mailbox.Run("send-email", Email);
        await Until.Holds(() => mailbox.Requests.Any(a => a.Method == "POST"), "it is sent");
        clock.Advance(TimeSpan.FromSeconds(30));
        Assert.Equal((FailureKind.Timeout, Delivered.Maybe), AssertProbe(await sending));
        over.SetResult();
        Assert.Single(mailbox.Requests, a => a.Method == "POST");
        Assert.Single(mailbox.Connections);
    }

    [Theory]
    [InlineData("gmail", "/gmail/v1/users/me/messages", "/gmail/v1/users/me/messages/send")]
    [InlineData("outlook", "/v1.0/me/messages", "/v1.0/me/sendMail")]
    public async Task An_email_on_a_reused_connection_that_broke_may_have_been_sent(string connector, string list, string send)
    {
        await using var mailbox = await Used(connector, list, new FakeTimeProvider());
        mailbox.Does($"POST {send}", context =>
        {
            context.Abort();
            return Task.CompletedTask;
        });
        Assert.Equal((FailureKind.Unavailable, Delivered.Maybe), AssertProbe(await mailbox.Run("send-email", Email)));
        Assert.Single(mailbox.Requests, a => a.Method == "POST");
        Assert.Single(mailbox.Connections);
    }

    private static async Task<Mailbox> Used(string connector, string list, FakeTimeProvider clock)
    {
        var mailbox = (await Mailbox.Create(connector, clock)).Answers($"GET {list}", "{}");
        await mailbox.Done("search-emails", new { query = "" });
        return mailbox;
    }

    private static (FailureKind, Delivered) AssertProbe(ConnectorResult result) =>
        Assert.IsType<ConnectorResult.Failed>(result) is var f ? (f.Kind, f.Delivered) : default;
}
