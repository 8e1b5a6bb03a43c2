using Connections.Connectors.MailServers;
using Connections.Domain;

namespace Connections.Connectors.Smtp;

/// <summary>STARTTLS: https://www.rfc-editor.org/rfc/rfc3207</summary>
internal sealed class SmtpProtocol : IMailProtocol
{
    /// <summary>The name of this end. The real address would tell the recipients about the operator's network.</summary>
    public const string LocalName = "[127.0.0.1]";

    public string Name => "SMTP";

    public string Greeting => "220 ready";

    public async Task<ConnectorResult.Failed?> StartTls(PlainLines lines, CancellationToken ct)
    {
        var (greeting, _) = await Reply(lines, ct);
        if (greeting.Code != 220) return SmtpFailures.From(greeting, SmtpStage.Greeting);
        await lines.Write($"EHLO {LocalName}", ct);
        var (hello, offers) = await Reply(lines, ct);
        if (hello.Code != 250) return SmtpFailures.From(hello, SmtpStage.Hello);
        if (!offers.Any(o => o.Equals("STARTTLS", StringComparison.OrdinalIgnoreCase)))
            return new ConnectorResult.Failed(
                FailureKind.Unavailable,
                "The server offers no STARTTLS on this port: choose security \"tls\" with its port, or enable STARTTLS on the server.",
                Delivered.No, Answered: true);
        await lines.Write("STARTTLS", ct);
        var (ready, _) = await Reply(lines, ct);
        return ready.Code == 220 ? null : SmtpFailures.From(ready, SmtpStage.Hello);
    }

    private static async Task<(SmtpReply Reply, List<string> Lines)> Reply(PlainLines lines, CancellationToken ct)
    {
        var texts = new List<string>();
        while (true)
        {
            var line = await lines.Read(ct);
            if (SmtpReply.Parse(line) is not { } parsed) throw new MailLimitException("a line that is no reply");
            texts.Add(parsed.Text);
            if (line.Length == 3 || line[3] != '-') return (SmtpReply.From(parsed.Code, string.Join(' ', texts)), texts);
        }
    }
}
