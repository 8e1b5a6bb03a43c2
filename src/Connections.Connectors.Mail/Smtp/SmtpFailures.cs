using Connections.Connectors.MailServers;
using Connections.Domain;

namespace Connections.Connectors.Smtp;

/// <summary>Converts negative replies. After each of them the server has not taken the email.</summary>
internal static class SmtpFailures
{
    // Microsoft: also an accepted token is rejected. Neither a password nor another sign-in changes that.
    private const string SwitchedOff = "SmtpClientAuthentication is disabled";

    /// <param name="signIn">Null before the sign-in, and for a recipient.</param>
    public static ConnectorResult.Failed From(SmtpReply reply, SmtpStage stage, MailSignIn? signIn = null)
    {
        var code = reply.Enhanced is { } enhanced ? $"{reply.Code} {enhanced}" : $"{reply.Code}";
        var isOff = signIn is TokenSignIn && reply.Text.Contains(SwitchedOff, StringComparison.OrdinalIgnoreCase);
        var kind = isOff ? FailureKind.Forbidden : (stage == SmtpStage.SignIn ? signIn?.Early : null) ?? Kind(reply, stage);
        var advice = isOff ? ": the administrator has switched off SMTP for this mailbox (SMTP AUTH)" : Advice(reply, kind, signIn);
        var sentence = $"The server rejected {Subject(stage)}{advice}";
        var quoted = reply.Text.Length == 0 ? "" : $" It said: {reply.Text}";
        return new ConnectorResult.Failed(kind, $"{sentence} ({code}).{quoted}", Delivered.No, Answered: true)
        {
            OwnWords = $"{sentence} ({code})."
        };
    }

    private static FailureKind Kind(SmtpReply reply, SmtpStage stage) => reply.Code switch
    {
        // Before the sign-in nothing is said about the password, whatever the reply means.
        530 => stage is SmtpStage.Greeting or SmtpStage.Hello ? FailureKind.Unavailable : FailureKind.ReauthRequired,
        421 or 454 => Temporary(reply, stage),
        // A password transition is needed: RFC 4954, section 6. Microsoft: too many connections.
        432 when stage == SmtpStage.SignIn && !reply.Is("3") => FailureKind.ReauthRequired,
        < 500 => Temporary(reply, stage),
        _ => stage switch
        {
            SmtpStage.Greeting => FailureKind.Operator,
            SmtpStage.Hello => FailureKind.Unavailable,
            SmtpStage.SignIn => reply.Code is >= 500 and <= 504 ? FailureKind.Unavailable : FailureKind.ReauthRequired,
            _ => Rejected(reply)
        }
    };

    // A temporary failure of the authentication says nothing about the password: the server could not check it.
    private static FailureKind Temporary(SmtpReply reply, SmtpStage stage) =>
        reply.Is("5.3") || (reply.Is("7") && !(reply.Code == 454 && stage == SmtpStage.SignIn))
            ? FailureKind.Throttled
            : FailureKind.Unavailable;

    private static FailureKind Rejected(SmtpReply reply) => reply.Code switch
    {
        500 or 502 or 503 => FailureKind.Unavailable,
        _ => reply.Is("7") ? FailureKind.Forbidden : FailureKind.InvalidInput
    };

    private static string Subject(SmtpStage stage) => stage switch
    {
        SmtpStage.Greeting => "this service's address",
        SmtpStage.Hello => "the connection",
        SmtpStage.SignIn => "the sign-in",
        SmtpStage.Sender => "the sender",
        SmtpStage.Recipient => "a recipient",
        _ => "the email"
    };

    private static string Advice(SmtpReply reply, FailureKind kind, MailSignIn? signIn) => (reply.Code, reply.Enhanced) switch
    {
        (534, _) when signIn is not TokenSignIn => ": the mailbox needs an app password, which its account settings create",
        (538, _) => ": it wants an encrypted connection",
        (535, "5.7.139") or (550, "5.7.30") or (530, "5.7.57") when signIn is not TokenSignIn =>
            ": its administrator has switched off the sign-in with a password for SMTP",
        (525, _) => ": the account is disabled",
        (535, _) when kind == FailureKind.ReauthRequired => signIn?.Advice ?? "",
        (552 or 523, _) => ": it is too large for the server or the mailbox",
        _ when kind == FailureKind.Throttled => " for now: it asks to slow down",
        _ when kind == FailureKind.Unavailable && (reply.Code < 500 || signIn?.Early is not null) => " for now: it cannot serve at the moment",
        _ => ""
    };
}
