using System.Net;
using System.Net.Sockets;
using Connections.Connectors.Databases;
using Connections.Connectors.Guard;
using Connections.Domain;
using Renci.SshNet;

namespace Connections.Connectors.Ssh;

/// <summary>A loopback port that forwards through an SSH host to a database. A person has confirmed the host's key.</summary>
internal sealed class SshTunnel : IAsyncDisposable
{
    private readonly SshClient client;
    private readonly Relay relay;
    private readonly ForwardedPortLocal port;

    private SshTunnel(SshClient client, Relay relay, DatabaseSettings settings)
    {
        (this.client, this.relay) = (client, relay);
        port = new ForwardedPortLocal(IPAddress.Loopback.ToString(), 0, settings.Host, (uint)settings.Port);
        port.Exception += (_, e) => Objection ??= e.Exception.Message;
        Prefix = $"Through the SSH host {settings.Ssh!.Host} no answer came from {settings.Host}, port {settings.Port}: "
            + "the SSH host cannot reach it or may not forward to it, or another service listens there.";
        client.AddForwardedPort(port);
        port.Start();
    }

    public IPEndPoint Endpoint => new(IPAddress.Loopback, (int)port.BoundPort);

    public string Prefix { get; }

    public string? Objection { get; private set; }

    /// <param name="dialled">An open connection to the SSH host's checked address. The tunnel takes ownership.</param>
    public static async Task<(SshTunnel? Tunnel, ConnectorResult.Failed? Failure)> Open(
        DatabaseSettings settings, Socket dialled, Secret credentials, TimeProvider clock, CancellationToken ct)
    {
        var ssh = settings.Ssh!;
        HostKeyFingerprint? confirmed = null;
        if (ssh.Fingerprint is { } typed && (confirmed = HostKeyFingerprint.Parse(typed, out var problem)) is null)
            return Invalid(dialled, problem!);

        var address = (IPEndPoint)dialled.RemoteEndPoint!;
        var attempt = new SshSignIn(ssh, confirmed, credentials, clock);
        var first = await attempt.Run(dialled, confirmed?.Family, ct);
        // A host has keys of several types and shows one. The confirmed one may be another.
        foreach (var family in HostKeyFingerprint.Families.Where(f => f != first.ShownFamily))
        {
            if (confirmed is not { Family: null } || first is not { ShownFamily: not null, Trusted: false } || ct.IsCancellationRequested) break;
            var again = await Dialler.Dial(new GuardedHost(ssh.Host, [address], null), clock, ct, OutboundSockets.ThroughRelay);
            if (again.Socket is not { } socket) break;
            if (await attempt.Run(socket, family, ct) is { Trusted: true } other)
                return other.Client is { } reached ? (new SshTunnel(reached, other.Relay!, settings), null) : (null, other.Failure);
        }

        return first.Client is { } client ? (new SshTunnel(client, first.Relay!, settings), null) : (null, first.Failure);
    }

    public ValueTask DisposeAsync()
    {
        relay.Cut();
        // Disposing waits up to half a minute for the other side, which is already cut off. Do that in the background.
        _ = Task.Run(() =>
        {
            port.Dispose();
            client.Dispose();
        });
        return relay.DisposeAsync();
    }

    private static (SshTunnel? Tunnel, ConnectorResult.Failed? Failure) Invalid(Socket dialled, string problem)
    {
        dialled.Dispose();
        return (null, new ConnectorResult.Failed(FailureKind.InvalidInput, problem, Delivered.No, Answered: true));
    }
}
