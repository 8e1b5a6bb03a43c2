using Connections.Connectors.MailServers;
using Connections.Domain;

namespace Connections.Connectors.Imap;

/// <summary>STARTTLS: https://www.rfc-editor.org/rfc/rfc9051#section-6.2.1</summary>
internal sealed class ImapProtocol : IMailProtocol
{
    public string Name => "IMAP";

    public string Greeting => "* OK ready";

    public async Task<ConnectorResult.Failed?> StartTls(PlainLines lines, CancellationToken ct)
    {
        if (ImapReply.Parse(await lines.Read(ct)) is not { IsTagged: false } greeting)
            throw new MailLimitException("a line that is no greeting");
        if (greeting.Status == "BYE") return ImapFailures.Ended(greeting);
        // A signed-in connection cannot be encrypted any more, and it is somebody else's.
        if (greeting.Status != "OK") throw new MailLimitException("a greeting that is signed in already");
        await lines.Write("s1 STARTTLS", ct);
        while (true)
        {
            if (ImapReply.Parse(await lines.Read(ct)) is not { IsTagged: true } reply) continue;
            return reply.Status == "OK"
                ? null
                : new ConnectorResult.Failed(
                    FailureKind.Unavailable,
                    "The server does not start the encryption (STARTTLS) on this port: choose security \"tls\" "
                        + "with its port, or enable STARTTLS on the server.",
                    Delivered.No, Answered: true);
        }
    }
}
