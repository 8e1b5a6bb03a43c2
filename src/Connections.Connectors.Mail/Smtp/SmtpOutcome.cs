using Connections.Connectors.MailServers;
using Connections.Domain;
using MailKit;
using MailKit.Net.Smtp;

namespace Connections.Connectors.Smtp;

/// <summary>Converts what ended a dialogue to a failure.</summary>
internal static class SmtpOutcome
{
    private const string Lost = "The connection to the server broke";

    public static ConnectorResult.Failed From(
        Exception e, MailSignIn signIn, SmtpStage stage, SmtpGuard wire, MailStream stream, CancellationToken ct)
    {
        // With the end of the email sent, only a negative reply proves that the server did not take it.
        var delivered = wire.Ended ? Delivered.Maybe : Delivered.No;
        return e switch
        {
            _ when stream.Problem is { } problem => new ConnectorResult.Failed(
                FailureKind.Unavailable, $"The server at this address does not respond like SMTP: it sent {problem}.", delivered),
            _ when Reply(e, wire) is { Code: >= 400 and < 600 } reply => SmtpFailures.From(reply, stage, signIn),
            _ when ct.IsCancellationRequested => new ConnectorResult.Failed(FailureKind.Timeout, TimedOut(stage, wire), delivered),
            NotSupportedException when stage == SmtpStage.SignIn && wire.Negative is { } rejected =>
                SmtpFailures.From(rejected, SmtpStage.Hello),
            NotSupportedException when stage == SmtpStage.SignIn => new ConnectorResult.Failed(
                FailureKind.Unavailable,
                $"The server offers no sign-in with {signIn.Mechanisms} on this port.", Delivered.No, Answered: true),
            _ => new ConnectorResult.Failed(FailureKind.Unavailable, Broken(stage, wire), delivered)
        };
    }

    // After a refused recipient the library sends another command. Its exception then has the code, and the wire the whole text.
    private static SmtpReply? Reply(Exception e, SmtpGuard wire)
    {
        if (wire.Last is { } last) return last;
        if (e is ServiceNotAuthenticatedException) return wire.Negative;
        if ((e as SmtpCommandException ?? e.InnerException as SmtpCommandException) is not { } command) return null;
        return wire.Negative is { } negative && negative.Code == (int)command.StatusCode
            ? negative
            : SmtpReply.From((int)command.StatusCode, command.Message);
    }

    private static string TimedOut(SmtpStage stage, SmtpGuard wire) => wire.Ended
        ? "The timeout passed after the email was sent: whether the server took it is not known."
        : $"The timeout passed while {Doing(stage)}. The email was not sent.";

    private static string Broken(SmtpStage stage, SmtpGuard wire) => wire.Ended
        ? $"{Lost} after the email was sent: whether the server took it is not known."
        : $"{Lost} while {Doing(stage)}. The email was not sent.";

    private static string Doing(SmtpStage stage) => stage switch
    {
        SmtpStage.Greeting or SmtpStage.Hello => "the dialogue began",
        SmtpStage.SignIn => "signing in",
        SmtpStage.Sender or SmtpStage.Recipient => "naming sender and recipients",
        _ => "sending the email"
    };
}
