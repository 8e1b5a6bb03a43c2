using System.Net;
using System.Net.Sockets;
using System.Text;
using Connections.Connectors.Databases;
using Connections.Domain;
using Renci.SshNet;
using Renci.SshNet.Common;

namespace Connections.Connectors.Ssh;

/// <summary>A loopback port that forwards through an SSH host to a database. A person has confirmed the host's key.</summary>
internal sealed class SshTunnel : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(15);
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
        var wire = new SshWire();
        var relay = new Relay(new Line(dialled, new NetworkStream(dialled)), wire);
        var (method, unreadable) = SshAuthentication.Create(ssh, credentials);
        if (method is null) return (null, await Closed(unreadable!));

        using var limit = new CancellationTokenSource(Limit, clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, ct);
        var client = new SshClient(new ConnectionInfo(IPAddress.Loopback.ToString(), relay.Port, ssh.User, method) { Encoding = Encoding.UTF8 });
        string? seen = null;
        client.HostKeyReceived += (_, e) =>
        {
            seen = $"SHA256:{e.FingerPrintSHA256} ({e.HostKeyName})";
            e.CanTrust = Same(ssh.Fingerprint, e.FingerPrintSHA256);
        };
        try
        {
            await client.ConnectAsync(both.Token);
            wire.SignedIn = true;
            return (new SshTunnel(client, relay, settings), null);
        }
        catch (Exception e) when (e is SshException or SocketException or IOException or OperationCanceledException or ObjectDisposedException)
        {
            client.Dispose();
            return (null, await Closed(SshAuthentication.Failure(ssh, e, seen, Trusted(), ct.IsCancellationRequested)));
        }

        bool Trusted() => seen is not null && ssh.Fingerprint is not null && Same(ssh.Fingerprint, seen["SHA256:".Length..seen.IndexOf(' ')]);

        async Task<ConnectorResult.Failed> Closed(ConnectorResult.Failed failure)
        {
            await relay.DisposeAsync();
            return failure;
        }
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

    private static bool Same(string? confirmed, string seen) => confirmed is not null
        && (confirmed.StartsWith("SHA256:", StringComparison.Ordinal) ? confirmed["SHA256:".Length..] : confirmed).TrimEnd('=') == seen.TrimEnd('=');
}
