using Connections.Connectors.MailServers;
using Connections.Domain;
using MailKit;

namespace Connections.Connectors.Imap;

/// <summary>Converts what ended a dialogue to a failure.</summary>
internal static class ImapOutcome
{
    public static ConnectorResult.Failed From(
        Exception e, MailSignIn signIn, ImapSession session, ImapGuard wire, MailStream stream, CancellationToken ct)
    {
        var delivered = session.Stage == ImapStage.Change ? Delivered.Maybe : Delivered.No;
        return e switch
        {
            _ when stream.Problem is { } problem && session.Stage == ImapStage.Email => Wrong(
                $"The email cannot be read here: the server describes it with {problem}. Open it with a mail program."),
            _ when stream.Problem is { } problem => new ConnectorResult.Failed(
                FailureKind.Unavailable, $"The server at this address does not respond like IMAP: it sent {problem}.", delivered),
            NotSupportedException when session.Stage == ImapStage.SignIn => new ConnectorResult.Failed(
                FailureKind.Unavailable, $"The server offers no sign-in with {signIn.Mechanisms} on this port.", Delivered.No, Answered: true),
            _ when wire.Refusal is { } refusal && session.HasChanged => Half(ImapFailures.From(refusal, session.Stage, signIn)),
            _ when wire.Refusal is { } refusal => ImapFailures.From(refusal, session.Stage, signIn),
            FolderNotFoundException => NotFound("There is no such folder. The activity list-folders names the folders."),
            _ when wire.Goodbye is { } goodbye => ImapFailures.Ended(goodbye) with { Delivered = delivered },
            _ when ct.IsCancellationRequested => new ConnectorResult.Failed(
                FailureKind.Timeout,
                session.Stage == ImapStage.SignIn ? "The timeout passed while signing in." : "The server did not answer in time.",
                delivered),
            _ => new ConnectorResult.Failed(
                FailureKind.Unavailable,
                session.Stage == ImapStage.SignIn
                    ? "The connection to the server broke while signing in, or the server does not respond like IMAP."
                    : "The connection to the server broke, or its answer was not understood.",
                delivered)
        };
    }

    // With other credentials, the caller would repeat all of it.
    private static ConnectorResult.Failed Half(ConnectorResult.Failed refused) => refused with
    {
        Kind = refused.Kind == FailureKind.ReauthRequired ? FailureKind.Unavailable : refused.Kind,
        Delivered = Delivered.Maybe
    };

    public static ConnectorResult.Failed NotFound(string message) => new(FailureKind.NotFound, message, Delivered.No, Answered: true);

    public static ConnectorResult.Failed Wrong(string message) => new(FailureKind.InvalidInput, message, Delivered.No, Answered: true);
}
