using System.Net;
using System.Net.Sockets;
using System.Text;
using Connections.Connectors.Databases;
using Connections.Domain;
using Renci.SshNet;

namespace Connections.Connectors.Ssh;

/// <summary>A signed-in client with the relay that it uses, or the failure.</summary>
/// <param name="ShownFamily">The family of the key that the host showed; null if it showed none.</param>
internal sealed record SshSignInResult(SshClient? Client, Relay? Relay, string? ShownFamily, bool Trusted, ConnectorResult.Failed? Failure);

/// <summary>Signs in to an SSH host, over a line that is already open.</summary>
internal sealed class SshSignIn(SshSettings ssh, HostKeyFingerprint? confirmed, Secret credentials, TimeProvider clock)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(15);

    /// <param name="family">The family of host keys to ask for; null for any.</param>
    public async Task<SshSignInResult> Run(Socket dialled, string? family, CancellationToken ct)
    {
        var wire = new SshWire();
        var relay = new Relay(new Line(dialled, new NetworkStream(dialled)), wire);
        var (methods, unreadable) = SshAuthentication.Create(ssh, credentials);
        if (unreadable is not null) return await Failed(null, null, true, unreadable);

        using var limit = new CancellationTokenSource(Limit, clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, ct);
        using var call = new CallLimit(relay, TimeSpan.Zero, clock, both.Token);
        var connection = new ConnectionInfo(IPAddress.Loopback.ToString(), relay.Port, ssh.User, methods) { Encoding = Encoding.UTF8 };
        foreach (var algorithm in connection.HostKeyAlgorithms.Keys.Where(a => family is not null && !HostKeyFingerprint.Belongs(a, family)).ToList())
            connection.HostKeyAlgorithms.Remove(algorithm);
        var client = new SshClient(connection);
        string? seen = null;
        var (shown, trusted) = ((string?)null, false);
        client.HostKeyReceived += (_, e) =>
        {
            seen = $"SHA256:{e.FingerPrintSHA256} ({e.HostKeyName})";
            shown = HostKeyFingerprint.FamilyOf(e.HostKeyName) ?? e.HostKeyName;
            e.CanTrust = trusted = confirmed?.Hash == e.FingerPrintSHA256.TrimEnd('=');
        };
        try
        {
            await client.ConnectAsync(call.Token);
            wire.SignedIn = true;
            return new SshSignInResult(client, relay, shown, trusted, null);
        }
        catch (Exception e) when (e is not OutOfMemoryException) // a foreign server can make the library fail in any way
        {
            return await Failed(client, shown, trusted, SshAuthentication.Failure(ssh, e, seen, trusted, ct.IsCancellationRequested));
        }

        async Task<SshSignInResult> Failed(SshClient? unused, string? shownFamily, bool isTrusted, ConnectorResult.Failed failure)
        {
            await relay.DisposeAsync();
            unused?.Dispose();
            return new SshSignInResult(null, null, shownFamily, isTrusted, failure);
        }
    }
}
