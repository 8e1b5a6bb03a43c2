using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Connections.Connectors.Guard;
using Connections.Connectors.Pipeline;
using Connections.Domain;
using TransportSecurity;

namespace Connections.Connectors.Http;

/// <summary>Carries a connection failure through the HTTP client.</summary>
internal sealed class NotConnectedException(ConnectorResult.Failed failure) : Exception(failure.Message)
{
    public ConnectorResult.Failed Failure => failure;
}

/// <summary>Creates handlers that resolve, check, dial and verify each new connection through the host guard.</summary>
internal sealed class GuardedHandlerFactory(HostGuard guard, TimeProvider clock)
{
    private static readonly TimeSpan HandshakeLimit = TimeSpan.FromSeconds(10);

    /// <param name="steps">The steps of a probe, which record the first connection.</param>
    public HttpMessageHandler Create(string? ca, ProbeSteps? steps = null)
    {
        var handler = ServerTrust.InSystem.CreateHandler();
        handler.AllowAutoRedirect = false;
        handler.UseCookies = false;
        handler.UseProxy = false;
        handler.PreAuthenticate = false;
        handler.AutomaticDecompression = DecompressionMethods.None; // see ContentCoding
        handler.MaxResponseHeadersLength = 64;
        handler.PooledConnectionLifetime = HttpClientPool.ConnectionLife;
        handler.PooledConnectionIdleTimeout = HttpClientPool.ConnectionIdle;
        handler.ConnectTimeout = TimeSpan.FromSeconds(60);
        handler.ActivityHeadersPropagator = null; // do not send trace headers to providers
        handler.ConnectCallback = async (context, ct) =>
        {
            var encrypted = context.InitialRequestMessage.RequestUri!.Scheme == Uri.UriSchemeHttps;
            var stream = await Connect(context.DnsEndPoint, encrypted, ca, steps, ct);
            steps = null;
            return stream;
        };
        return new SentRequestTracker(handler);
    }

    private async Task<Stream> Connect(DnsEndPoint target, bool encrypted, string? ca, ProbeSteps? steps, CancellationToken ct)
    {
        X509Certificate2Collection? authority = null;
        if (encrypted && ca is not null && (authority = ServerCertificate.Authority(ca)) is null)
            throw Fail(steps, "tls", FailureKind.InvalidInput, "The CA certificate is not a certificate in PEM form.", answered: true);

        var guarded = await guard.Resolve(target.Host, target.Port, ct);
        if (guarded.Refused is { } refused) throw Fail(steps, "resolve", refused);
        steps?.Ok("resolve", $"{guarded.Host}: {string.Join(", ", guarded.Endpoints.Select(e => e.Address))}");

        var dialled = await Dialler.Dial(guarded, clock, ct);
        if (dialled.Failure is { } unreachable) throw Fail(steps, "connect", unreachable);
        steps?.Ok("connect", $"Connected to {dialled.Endpoint}.");
        var stream = new NetworkStream(dialled.Socket!, ownsSocket: true);
        if (encrypted) return await Encrypt(stream, guarded.Host, authority, steps, ct);
        steps?.Skipped("tls", "The address begins with http://: nothing is encrypted.");
        return stream;
    }

    private async Task<Stream> Encrypt(
        NetworkStream stream, string host, X509Certificate2Collection? authority, ProbeSteps? steps, CancellationToken ct)
    {
        using var limit = new CancellationTokenSource(HandshakeLimit, clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, ct);
        var certificate = new ServerCertificate(host, chain: true, name: true, authority, remedy: "");
        try
        {
            var tls = await certificate.Connect(stream, both.Token, SslApplicationProtocol.Http11);
            steps?.Ok("tls", "Encrypted, certificate verified.");
            return tls;
        }
        catch (Exception e) when (e is AuthenticationException or IOException or OperationCanceledException)
        {
            ct.ThrowIfCancellationRequested();
            var failure = new ConnectorResult.Failed(
                FailureKind.Unavailable,
                certificate.Objection ?? "The server does not support TLS on this port: check the port, or try http://.", Delivered.No);
            throw new NotConnectedException(steps?.Fail("tls", failure, certificate.Presented) ?? failure);
        }
    }

    private static NotConnectedException Fail(ProbeSteps? steps, string step, ConnectorResult.Failed failure) =>
        new(steps?.Fail(step, failure) ?? failure);

    private static NotConnectedException Fail(ProbeSteps? steps, string step, FailureKind kind, string message, bool answered = false) =>
        Fail(steps, step, new ConnectorResult.Failed(kind, message, Delivered.No, Answered: answered));
}
