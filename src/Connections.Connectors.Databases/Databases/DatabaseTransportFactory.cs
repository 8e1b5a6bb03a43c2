using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Connections.Connectors.Guard;
using Connections.Connectors.Pipeline;
using Connections.Connectors.Ssh;
using Connections.Domain;

namespace Connections.Connectors.Databases;

/// <summary>
/// A socket to the database with the check of its certificate, or the failure. Disposing closes the socket and the tunnel.
/// </summary>
internal sealed record DatabaseTransport(Socket? Socket, IPEndPoint? Endpoint, ServerCertificate? Certificate, SshTunnel? Tunnel, ConnectorResult.Failed? Failure)
    : IAsyncDisposable
{
    /// <summary>Adds the SSH host to the message: if it cannot reach the database, it closes the connection without a reason.</summary>
    public ConnectorResult.Failed Explain(ConnectorResult.Failed failure) =>
        Tunnel is null || failure is not { Kind: FailureKind.Unavailable, Answered: false } || Certificate?.Objection is not null
            ? failure
            : failure with { Message = $"{Tunnel.Prefix} {Tunnel.Objection ?? failure.Message}" };

    public async ValueTask DisposeAsync()
    {
        Socket?.Dispose();
        if (Tunnel is not null) await Tunnel.DisposeAsync();
    }
}

/// <summary>Opens a socket for the given settings, directly or through an SSH host. The guard checks the host that is dialled.</summary>
internal sealed class DatabaseTransportFactory(HostGuard guard, TimeProvider clock)
{
    public async Task<DatabaseTransport> Open(DatabaseSettings settings, Secret credentials, ProbeSteps steps, CancellationToken ct)
    {
        X509Certificate2Collection? authority = null;
        if (settings is { Encrypted: true, CaCertificate: { } pem } && (authority = ServerCertificate.Authority(pem)) is null)
            return Fail(steps, "tls", new ConnectorResult.Failed(
                FailureKind.InvalidInput, "The CA certificate is not a certificate in PEM form.", Delivered.No, Answered: true));

        var (host, port) = settings.Ssh is { } ssh ? (ssh.Host, ssh.Port) : (settings.Host, settings.Port);
        var guarded = await Resolve(host, port, ct);
        if (guarded.Refused is { } refused) return Fail(steps, "resolve", refused);
        steps.Ok("resolve", $"{guarded.Host}: {string.Join(", ", guarded.Endpoints.Select(e => e.Address))}");

        var dialled = await Dialler.Dial(guarded, clock, ct, OutboundSockets.ThroughRelay);
        if (dialled.Failure is { } unreachable) return Fail(steps, "connect", unreachable);
        steps.Ok("connect", $"Connected to {dialled.Endpoint}.");

        var certificate = new ServerCertificate(
            settings.Ssh is null ? guarded.Host : settings.Host,
            chain: settings.Verified || (settings.MustEncrypt && authority is not null), name: settings.Verified, authority);
        return settings.Ssh is null
            ? new DatabaseTransport(dialled.Socket, dialled.Endpoint, certificate, null, null)
            : await OpenThroughSsh(settings, dialled.Socket!, credentials, certificate, steps, ct);
    }

    private async Task<DatabaseTransport> OpenThroughSsh(
        DatabaseSettings settings, Socket socket, Secret credentials, ServerCertificate certificate, ProbeSteps steps, CancellationToken ct)
    {
        var tunnelled = await SshTunnel.Open(settings, socket, credentials, clock, ct);
        if (tunnelled.Failure is { } failure) return Fail(steps, "ssh", failure);
        var tunnel = tunnelled.Tunnel!;
        var near = await Dialler.Dial(new GuardedHost(settings.Host, [tunnel.Endpoint], null), clock, ct, OutboundSockets.ThroughRelay);
        if (near.Failure is { } broken)
        {
            await tunnel.DisposeAsync();
            return Fail(steps, "ssh", broken);
        }

        steps.Ok("ssh", $"Signed in as {settings.Ssh!.User}.");
        return new DatabaseTransport(near.Socket, tunnel.Endpoint, certificate, tunnel, null);
    }

    private async Task<GuardedHost> Resolve(string host, int port, CancellationToken ct)
    {
        try
        {
            return await guard.Resolve(host, port, ct);
        }
        catch (OperationCanceledException)
        {
            return new GuardedHost(host, [], new ConnectorResult.Failed(
                FailureKind.Timeout, "The timeout passed while resolving the host name.", Delivered.No));
        }
    }

    private static DatabaseTransport Fail(ProbeSteps steps, string step, ConnectorResult.Failed failure) =>
        new(null, null, null, null, steps.Fail(step, failure));
}
