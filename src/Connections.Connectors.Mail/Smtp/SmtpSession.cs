using Connections.Connectors.MailServers;
using MailKit;
using MailKit.Net.Smtp;
using MailKit.Security;
using MimeKit;

namespace Connections.Connectors.Smtp;

internal sealed class SmtpSession(MailStream stream, SmtpGuard wire) : SmtpClient, IMailSession
{
    private readonly List<(string Address, SmtpReply Reply)> refused = [];
    private bool partial;

    public IMailService Client => this;

    public SmtpStage Stage { get; private set; } = SmtpStage.Greeting;

    /// <summary>The server's reply to the email.</summary>
    public string? Accepted { get; private set; }

    /// <summary>The recipients that the server refused, if the others are to get the email.</summary>
    public IReadOnlyList<(string Address, SmtpReply Reply)> Refused => refused;

    public async Task Begin(MailServerSettings server, MailSignIn signIn, CancellationToken ct)
    {
        LocalDomain = SmtpProtocol.LocalName;
        await ConnectAsync(stream, server.Host, server.Port, SecureSocketOptions.None, ct);
        Stage = SmtpStage.SignIn;
        await AuthenticateAsync(signIn.Mechanism(AuthenticationMechanisms) ?? throw new NotSupportedException(), ct);
        Stage = SmtpStage.Hello;
    }

    /// <param name="acceptsSome">Whether the others get the email if the server refuses a recipient.</param>
    public async Task Deliver(
        MimeMessage message, MailboxAddress sender, IReadOnlyList<MailboxAddress> recipients, bool acceptsSome, CancellationToken ct)
    {
        // One command at a time: each reply then belongs to the last command, and the end of the email is seen in what is sent.
        Capabilities &= ~(SmtpCapabilities.Pipelining | SmtpCapabilities.Chunking | SmtpCapabilities.BinaryMime);
        partial = acceptsSome;
        Stage = SmtpStage.Sender;
        var options = FormatOptions.Default.Clone();
        options.International = recipients.Append(sender).Any(IsInternational);
        Accepted = await SendAsync(options, message, sender, recipients, ct);
    }

    /// <summary>Whether the address needs SMTPUTF8. A domain has an ASCII form.</summary>
    public static bool IsInternational(MailboxAddress address) => address.LocalPart.Any(c => !char.IsAscii(c));

    protected override void OnSenderAccepted(MimeMessage message, MailboxAddress mailbox, SmtpResponse response) =>
        Stage = SmtpStage.Recipient;

    protected override void OnRecipientAccepted(MimeMessage message, MailboxAddress mailbox, SmtpResponse response) =>
        Stage = SmtpStage.Message;

    protected override void OnRecipientNotAccepted(MimeMessage message, MailboxAddress mailbox, SmtpResponse response)
    {
        Stage = SmtpStage.Recipient;
        refused.Add((mailbox.Address, wire.Negative ?? SmtpReply.From((int)response.StatusCode, response.Response)));
        if (!partial || (int)response.StatusCode == 421) base.OnRecipientNotAccepted(message, mailbox, response);
        Stage = SmtpStage.Message;
    }

    protected override void OnNoRecipientsAccepted(MimeMessage message)
    {
        Stage = SmtpStage.Recipient;
        var (address, reply) = refused[^1];
        throw new SmtpCommandException(
            SmtpErrorCode.RecipientNotAccepted, (SmtpStatusCode)reply.Code, new MailboxAddress("", address), reply.Text);
    }
}
