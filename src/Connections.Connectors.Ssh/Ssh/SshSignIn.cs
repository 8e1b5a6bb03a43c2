using System.Net;
using System.Net.Sockets;
using System.Text;
using Connections.Connectors.Guard;
using Connections.Connectors.Relays;
using Connections.Domain;
using Renci.SshNet;

namespace Connections.Connectors.Ssh;

/// <summary>A signed-in client with the relay that it uses, or the failure.</summary>
/// <param name="ShownFamily">The family of the key that the host showed; null if it showed none.</param>
internal sealed record SshSignInResult<TClient>(TClient? Client, Relay? Relay, string? ShownFamily, bool Trusted, ConnectorResult.Failed? Failure)
    where TClient : BaseClient;

/// <summary>Signs in to an SSH host whose key a person has confirmed.</summary>
/// <param name="create">Creates the library's client: for tunnels, or for files.</param>
/// <param name="afterSignIn">What the host may send after the sign-in; null for any amount, as through a tunnel.</param>
internal sealed class SshSignIn<TClient>(
    SshSettings ssh, SshProof proof, Func<ConnectionInfo, TClient> create, TimeProvider clock, ReceiveLimit? afterSignIn = null)
    where TClient : BaseClient
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(15);

    /// <param name="dialled">An open connection to the host's checked address. The client takes ownership.</param>
    public async Task<SshSignInResult<TClient>> Run(Socket dialled, CancellationToken ct)
    {
        HostKeyFingerprint? confirmed = null;
        if (ssh.Fingerprint is { } typed && (confirmed = HostKeyFingerprint.Parse(typed, out var problem)) is null)
        {
            dialled.Dispose();
            return new(null, null, null, false, new ConnectorResult.Failed(FailureKind.InvalidInput, problem!, Delivered.No, Answered: true));
        }

        var address = (IPEndPoint)dialled.RemoteEndPoint!;
        var first = await Try(dialled, confirmed, confirmed?.Family, ct);
        // A host has keys of several types and shows one. The confirmed one may be another.
        foreach (var family in HostKeyFingerprint.Families.Where(f => f != first.ShownFamily))
        {
            if (confirmed is not { Family: null } || first is not { ShownFamily: not null, Trusted: false } || ct.IsCancellationRequested) break;
            var again = await Dialler.Dial(new GuardedHost(ssh.Host, [address], null), clock, ct, OutboundSockets.ThroughRelay);
            if (again.Socket is not { } socket) break;
            if (await Try(socket, confirmed, family, ct) is { Trusted: true } other) return other;
        }

        return first;
    }

    /// <param name="family">The family of host keys to ask for; null for any.</param>
    private async Task<SshSignInResult<TClient>> Try(Socket dialled, HostKeyFingerprint? confirmed, string? family, CancellationToken ct)
    {
        var wire = new SshWire(afterSignIn);
        var relay = new Relay(new Line(dialled, new NetworkStream(dialled)), wire);
        var (methods, unreadable) = SshAuthentication.Create(ssh, proof);
        if (unreadable is not null) return await Failed(null, null, true, unreadable);

        using var limit = new CancellationTokenSource(Limit, clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, ct);
        using var call = new CallLimit(relay, TimeSpan.Zero, clock, both.Token);
        var connection = new ConnectionInfo(IPAddress.Loopback.ToString(), relay.Port, ssh.User, methods) { Encoding = Encoding.UTF8 };
        foreach (var algorithm in connection.HostKeyAlgorithms.Keys.Where(a => family is not null && !HostKeyFingerprint.Belongs(a, family)).ToList())
            connection.HostKeyAlgorithms.Remove(algorithm);
        PreferAuthenticatedCiphers(connection);
        var client = create(connection);
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
            return new(client, relay, shown, trusted, null);
        }
        catch (Exception e) when (e is not OutOfMemoryException) // a foreign server can make the library fail in any way
        {
            return await Failed(client, shown, trusted, SshAuthentication.Failure(ssh, e, seen, trusted, ct.IsCancellationRequested));
        }

        async Task<SshSignInResult<TClient>> Failed(TClient? unused, string? shownFamily, bool isTrusted, ConnectorResult.Failed failure)
        {
            relay.Cut();
            await using var last = relay;
            unused?.Dispose();
            return new(null, null, shownFamily, isTrusted, failure);
        }
    }

    // The first algorithm that both sides know is used. These ciphers need no hash of their own, which would cost more than the encryption.
    private static void PreferAuthenticatedCiphers(ConnectionInfo connection)
    {
        var ciphers = connection.Encryptions.ToList();
        connection.Encryptions.Clear();
        foreach (var (name, cipher) in ciphers.OrderByDescending(c => c.Key.Contains("-gcm@", StringComparison.Ordinal)))
            connection.Encryptions.Add(name, cipher);
    }
}
