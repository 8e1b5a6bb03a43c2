using System.Net;
using System.Net.Sockets;
using Connections.Domain;

namespace Connections.Connectors.Guard;

/// <summary>An open socket to one of the addresses, or the failure of the last one.</summary>
public sealed record Dialled(Socket? Socket, IPEndPoint? Endpoint, ConnectorResult.Failed? Failure);

public static class Dialler
{
    public static readonly TimeSpan PerAddress = TimeSpan.FromSeconds(5);

    /// <summary>Tries the addresses in order until one connects.</summary>
    public static async Task<Dialled> Dial(GuardedHost host, TimeProvider clock, CancellationToken ct)
    {
        ConnectorResult.Failed? failure = null;
        foreach (var endpoint in host.Endpoints)
        {
            var socket = new Socket(endpoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            using var limit = new CancellationTokenSource(PerAddress, clock);
            using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, ct);
            try
            {
                await socket.ConnectAsync(endpoint, both.Token);
                return new Dialled(socket, endpoint, null);
            }
            catch (Exception e) when (e is SocketException or OperationCanceledException)
            {
                socket.Dispose();
                failure = Failure(host.Host, endpoint, (e as SocketException)?.SocketErrorCode, ct.IsCancellationRequested);
                if (ct.IsCancellationRequested) break;
            }
        }

        return new Dialled(null, null, failure);
    }

    private static ConnectorResult.Failed Failure(string host, IPEndPoint endpoint, SocketError? error, bool timedOut)
    {
        var where = host == endpoint.Address.ToString() ? $"{host}, port {endpoint.Port}," : $"{host} ({endpoint.Address}), port {endpoint.Port},";
        var what = error switch
        {
            null or SocketError.TimedOut => "did not answer: a firewall may drop the packets, or the address is wrong.",
            SocketError.ConnectionRefused => "refuses connections: nothing listens there, or a firewall rejects us.",
            SocketError.HostUnreachable or SocketError.NetworkUnreachable => "cannot be reached from our network.",
            _ => $"cannot be reached ({error})."
        };
        return new ConnectorResult.Failed(timedOut ? FailureKind.Timeout : FailureKind.Unavailable, $"{where} {what}", Delivered.No);
    }
}
