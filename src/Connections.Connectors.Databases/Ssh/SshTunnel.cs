using System.Net;
using System.Net.Sockets;
using Connections.Connectors.Databases;
using Connections.Connectors.Relays;
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
        var signIn = new SshSignIn<SshClient>(settings.Ssh!, SshProof.ForTunnel(credentials), connection => new SshClient(connection), clock);
        var result = await signIn.Run(dialled, ct);
        return result.Client is { } client ? (new SshTunnel(client, result.Relay!, settings), null) : (null, result.Failure);
    }

    public ValueTask DisposeAsync()
    {
        relay.Cut();
        // Disposing waits up to half a minute for the other side, which is already cut off. Do that in the background.
        _ = Task.Run(async () =>
        {
            await using var last = relay;
            using var library = client;
            port.Dispose();
        });
        return ValueTask.CompletedTask;
    }
}
