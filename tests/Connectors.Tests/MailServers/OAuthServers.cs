using System.Text;
using Connections.Connectors.OAuth;
using Connectors.Tests.Imap;
using Connectors.Tests.OAuth;
using Connectors.Tests.Smtp;

namespace Connectors.Tests.MailServers;

/// <summary>Two scripted servers that offer XOAUTH2, and a sign-in with two tokens.</summary>
public abstract class OAuthServers : IDisposable
{
    private protected const string First = "canary-first-4711";
    private protected const string Second = "canary-second-4712";

    private protected static readonly object Mail = new { to = new[] { "bob@example.com" }, subject = "s", text = "t" };

    private protected ScriptedImap Imap { get; } = new() { Capabilities = "IMAP4rev1 SASL-IR AUTH=PLAIN AUTH=XOAUTH2 NAMESPACE UIDPLUS MOVE" };

    private protected ScriptedSmtp Smtp { get; } = new() { ExtraOffers = ["AUTH LOGIN XOAUTH2"] };

    private protected HandedTokens Tokens { get; } = Hand(First, Second);

    public void Dispose()
    {
        Imap.Dispose();
        Smtp.Dispose();
        GC.SuppressFinalize(this);
    }

    private protected static HandedTokens Hand(params string[] tokens) =>
        new(tokens) { Kept = new Dictionary<string, string> { ["user"] = "ann@mail.test", ["account"] = "account-1" } };

    private protected static bool IsSignIn(string command) => command.StartsWith("AUTH", StringComparison.Ordinal);

    private protected static string Sent(string token, string user = "ann@mail.test") =>
        Convert.ToBase64String(Encoding.UTF8.GetBytes($"user={user}\u0001auth=Bearer {token}\u0001\u0001"));

    private protected TestMailbox Connect(IAccessTokens? others = null, string connector = "google-email") =>
        TestMailbox.OAuth(connector, $"s://mail.test:{Imap.Port}", $"s://mail.test:{Smtp.Port}", others ?? Tokens);
}
