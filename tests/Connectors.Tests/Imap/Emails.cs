using System.Text;
using System.Text.Json;
using Connectors.Tests.MailServers;

namespace Connectors.Tests.Imap;

/// <summary>Emails of the tests, and a connection to a mailbox of their own.</summary>
internal static class Emails
{
    public static string Email(string from, string subject, string text) =>
        Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(
            $"From: {Word(from)}\nTo: someone@example.com, user@mail.test\nSubject: {Word(subject)}\nContent-Type: text/plain; charset=utf-8\n\n{text}\n"));

    public static string Word(string text) => text.All(char.IsAscii) ? text : $"=?utf-8?B?{Convert.ToBase64String(Encoding.UTF8.GetBytes(text))}?=";

    public static string Text(JsonElement value, string name) => value.GetProperty(name).GetString() ?? "";

    public static async Task<string> Only(TestMailbox mailbox) =>
        Text(Assert.Single((await mailbox.Done("search-emails", new { })).GetProperty("messages").EnumerateArray()), "id");

    public static async Task<TestMailbox> Connect(this MailServerFixture fixture, string security)
    {
        var (server, user) = await fixture.Start();
        var port = security == "tls" ? server.ImapPort : server.ImapStartTlsPort;
        return new TestMailbox("imap", port, server.Certificates.AuthorityPem, security) { UserName = user };
    }
}
