namespace Connections.Connectors.Smtp;

/// <summary>The part of a dialogue that a reply belongs to.</summary>
internal enum SmtpStage
{
    Greeting,
    Hello,
    SignIn,
    Sender,
    Recipient,
    Message
}
