using Connections.Connectors.MailServers;
using Connections.Domain;

namespace Connections.Connectors.Imap;

/// <summary>Converts refusals: https://www.rfc-editor.org/rfc/rfc5530</summary>
internal static class ImapFailures
{
    // Exchange: the mailbox is gone, or the user may not open it.
    private const string NotConnected = "User is authenticated but not connected";
    private const string Throttles = "Request is throttled";

    // Gmail gives no code but ALERT. The person or the administrator has switched IMAP off.
    private static readonly string[] SwitchedOff = ["not enabled for IMAP", "IMAP access is disabled"];
    private const string TooMany = "Too many simultaneous connections";

    // Exchange and others give no code.
    private static readonly string[] Temporary = ["Server Unavailable", "temporary", "temporarily", "try again later"];

    public static ConnectorResult.Failed From(ImapReply reply, ImapStage stage, MailSignIn signIn)
    {
        var kind = (stage == ImapStage.SignIn ? signIn.Early : null) ?? Kind(reply, stage);
        var code = reply.Code is null ? reply.Status : $"{reply.Status} {reply.Code}";
        var sentence = $"The server refused {Subject(stage)}{Advice(reply, kind, signIn)} ({code}).";
        return new ConnectorResult.Failed(
            kind, reply.Text.Length == 0 ? sentence : $"{sentence} It said: {reply.Text}", Delivered.No, reply.Delay, Answered: true)
        {
            OwnWords = sentence
        };
    }

    /// <summary>The server ended the connection by itself.</summary>
    public static ConnectorResult.Failed Ended(ImapReply goodbye)
    {
        const string Sentence = "The server ended the connection (BYE).";
        return new ConnectorResult.Failed(
            IsThrottling(goodbye) ? FailureKind.Throttled : FailureKind.Unavailable,
            goodbye.Text.Length == 0 ? Sentence : $"{Sentence} It said: {goodbye.Text}", Delivered.No, goodbye.Delay, Answered: true)
        {
            OwnWords = Sentence
        };
    }

    private static FailureKind Kind(ImapReply reply, ImapStage stage)
    {
        if (IsThrottling(reply)) return FailureKind.Throttled;
        if (IsNotConnected(reply) || IsSwitchedOff(reply)) return FailureKind.Forbidden;
        return reply.Code switch
        {
            "AUTHENTICATIONFAILED" or "EXPIRED" => FailureKind.ReauthRequired,
            "AUTHORIZATIONFAILED" or "NOPERM" => FailureKind.Forbidden,
            "UNAVAILABLE" or "SERVERBUG" or "INUSE" or "CORRUPTION" => FailureKind.Unavailable,
            "NONEXISTENT" or "TRYCREATE" => FailureKind.NotFound,
            _ => stage switch
            {
                ImapStage.SignIn => reply.Status == "NO" && !IsTemporary(reply) ? FailureKind.ReauthRequired : FailureKind.Unavailable,
                ImapStage.Folder => reply.Status == "NO" ? FailureKind.NotFound : FailureKind.Unavailable,
                _ => reply.Status == "NO" ? FailureKind.InvalidInput : FailureKind.Unavailable
            }
        };
    }

    private static bool IsTemporary(ImapReply reply) => Temporary.Any(text => reply.Text.Contains(text, StringComparison.OrdinalIgnoreCase));

    private static bool IsNotConnected(ImapReply reply) => reply.Text.Contains(NotConnected, StringComparison.OrdinalIgnoreCase);

    private static bool IsSwitchedOff(ImapReply reply) => SwitchedOff.Any(text => reply.Text.Contains(text, StringComparison.OrdinalIgnoreCase));

    private static bool IsThrottling(ImapReply reply) => reply.Code is "LIMIT" or "OVERQUOTA" or "THROTTLED"
        || reply.Text.Contains(Throttles, StringComparison.OrdinalIgnoreCase)
        || reply.Text.Contains(TooMany, StringComparison.OrdinalIgnoreCase);

    private static string Subject(ImapStage stage) => stage switch
    {
        ImapStage.SignIn => "the sign-in",
        ImapStage.Folder => "to open the folder",
        _ => "the command"
    };

    private static string Advice(ImapReply reply, FailureKind kind, MailSignIn signIn) => kind switch
    {
        FailureKind.ReauthRequired => signIn.Advice,
        FailureKind.Forbidden when IsNotConnected(reply) => ": the user has no such mailbox, or may not open it by IMAP",
        FailureKind.Forbidden when IsSwitchedOff(reply) => ": IMAP is switched off for this mailbox",
        FailureKind.Forbidden => ": this user may not do that",
        FailureKind.Throttled => " for now: it asks to slow down",
        FailureKind.Unavailable => " for now: it cannot serve at the moment",
        FailureKind.NotFound => ": there is no such folder",
        _ => ""
    };
}

/// <summary>The part of a dialogue that a refusal belongs to.</summary>
internal enum ImapStage
{
    SignIn,
    Folder,
    Command,

    /// <summary>The server describes an email: the length of the description is the sender's choice.</summary>
    Email,

    /// <summary>The mailbox may have changed.</summary>
    Change
}
