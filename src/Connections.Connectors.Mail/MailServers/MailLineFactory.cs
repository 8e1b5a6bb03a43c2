using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Connections.Connectors.Guard;
using Connections.Connectors.Pipeline;
using Connections.Domain;

namespace Connections.Connectors.MailServers;

/// <summary>An encrypted connection to a mail server, or the failure.</summary>
internal sealed record MailLine(MailStream? Stream, ConnectorResult.Failed? Failure);

/// <summary>Opens connections to mail servers. The guard checks the host, and the certificate must be valid for it.</summary>
internal sealed class MailLineFactory(HostGuard guard, TimeProvider clock)
{
    public async Task<MailLine> Open(
        MailServerSettings settings, IMailProtocol protocol, IMailGuard wire, ProbeSteps steps, CancellationToken ct)
    {
        X509Certificate2Collection? authority = null;
        if (settings.CaCertificate is { } pem && (authority = ServerCertificate.Authority(pem)) is null)
            return Fail(steps, "tls", new ConnectorResult.Failed(
                FailureKind.InvalidInput, "The CA certificate is not a certificate in PEM form.", Delivered.No, Answered: true));

        var guarded = await Resolve(settings, ct);
        if (guarded.Refused is { } refused) return Fail(steps, "resolve", refused);
        steps.Ok("resolve", $"{guarded.Host}: {string.Join(", ", guarded.Endpoints.Select(e => e.Address))}");

        var dialled = await Dialler.Dial(guarded, clock, ct);
        if (dialled.Failure is { } unreachable) return Fail(steps, "connect", unreachable);
        steps.Ok("connect", $"Connected to {dialled.Endpoint}.");

        var certificate = new ServerCertificate(guarded.Host, chain: true, name: true, authority, remedy: "");
        var plain = new NetworkStream(dialled.Socket!, ownsSocket: true);
        try
        {
            if (settings.StartsTls && await StartTls(plain, protocol, ct) is { } rejected) return await Close("tls", rejected);
            var tls = await certificate.Connect(plain, ct);
            steps.Ok("tls", "Encrypted, certificate verified.");
            var greeting = settings.StartsTls ? Encoding.ASCII.GetBytes(protocol.Greeting + "\r\n") : [];
            return new MailLine(new MailStream(tls, greeting, wire), null);
        }
        catch (Exception e) when (e is IOException or SocketException or OperationCanceledException or AuthenticationException
            or ObjectDisposedException)
        {
            return await Close("tls", Explain(e, settings, protocol, certificate, ct));
        }

        async Task<MailLine> Close(string step, ConnectorResult.Failed failure)
        {
            await plain.DisposeAsync();
            return Fail(steps, step, failure, certificate.Presented);
        }
    }

    private static async Task<ConnectorResult.Failed?> StartTls(Stream plain, IMailProtocol protocol, CancellationToken ct)
    {
        var lines = new PlainLines(plain);
        if (await protocol.StartTls(lines, ct) is { } rejected) return rejected;
        return lines.HasMore
            ? throw new MailLimitException("more than its answer to STARTTLS, which somebody else may have inserted")
            : null;
    }

    private async Task<GuardedHost> Resolve(MailServerSettings settings, CancellationToken ct)
    {
        try
        {
            return await guard.Resolve(settings.Host, settings.Port, ct);
        }
        catch (OperationCanceledException)
        {
            return new GuardedHost(settings.Host, [], new ConnectorResult.Failed(
                FailureKind.Timeout, "The timeout passed while resolving the host name.", Delivered.No));
        }
    }

    private static ConnectorResult.Failed Explain(
        Exception e, MailServerSettings settings, IMailProtocol protocol, ServerCertificate certificate, CancellationToken ct) => e switch
        {
            _ when ct.IsCancellationRequested => new ConnectorResult.Failed(
                FailureKind.Timeout, "The timeout passed before the connection was encrypted.", Delivered.No),
            MailLimitException => new ConnectorResult.Failed(
                FailureKind.Unavailable,
                $"The server at this address does not respond like {protocol.Name}: it sent {e.Message}.", Delivered.No),
            _ when certificate.Objection is { } objection => new ConnectorResult.Failed(FailureKind.Unavailable, objection, Delivered.No),
            _ => new ConnectorResult.Failed(
                FailureKind.Unavailable,
                settings.StartsTls
                    ? "The TLS handshake failed, or the server closed the connection before it. Check host, port and security."
                    : "The TLS handshake failed: the server may not encrypt from the start on this port. "
                        + "Check the port, or choose security \"starttls\".",
                Delivered.No)
        };

    private static MailLine Fail(
        ProbeSteps steps, string step, ConnectorResult.Failed failure, IReadOnlyList<PresentedCertificate>? certificates = null) =>
        new(null, steps.Fail(step, failure, certificates));
}
