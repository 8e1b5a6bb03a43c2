using System.Net;
using System.Net.Sockets;
using Connections.Domain;

namespace Connections.Connectors.Guard;

/// <summary>An open socket to one of the addresses, or the failure of the last one.</summary>
public sealed record Dialled(Socket? Socket, IPEndPoint? Endpoint, ConnectorResult.Failed? Failure);

public static class Dialler
{
    public static readonly TimeSpan PerAddress = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(50);

    /// <summary>Tries the addresses in order until one connects.</summary>
    /// <param name="descriptors">The file descriptors that the call needs while its socket is open, see <see cref="DescriptorBudget"/>.</param>
    public static async Task<Dialled> Dial(GuardedHost host, TimeProvider clock, CancellationToken ct, int descriptors = 1)
    {
        ConnectorResult.Failed? failure = null;
        foreach (var endpoint in host.Endpoints)
        {
            Socket? socket = null;
            using var limit = new CancellationTokenSource(PerAddress, clock);
            using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, ct);
            try
            {
                socket = await Create(endpoint.AddressFamily, descriptors, clock, both.Token);
                await socket.ConnectAsync(endpoint, both.Token);
                return new Dialled(socket, endpoint, null);
            }
            catch (OperationCanceledException) when (socket is null)
            {
                return new Dialled(null, null, TooMany(ct.IsCancellationRequested));
            }
            catch (Exception e) when (e is SocketException or OperationCanceledException)
            {
                socket?.Dispose();
                if (e is SocketException { SocketErrorCode: SocketError.TooManyOpenSockets }) return new Dialled(null, null, TooMany(timedOut: false));
                failure = Failure(host.Host, endpoint, (e as SocketException)?.SocketErrorCode, ct.IsCancellationRequested);
                if (ct.IsCancellationRequested) break;
            }
        }

        return new Dialled(null, null, failure);
    }

    private static async Task<Socket> Create(AddressFamily family, int descriptors, TimeProvider clock, CancellationToken ct)
    {
        while (true)
        {
            if (OutboundSockets.TryCreate(family, descriptors) is { } socket) return socket;
            await Task.Delay(LookAgain, clock, ct);
        }
    }

    private static ConnectorResult.Failed TooMany(bool timedOut) => new(
        timedOut ? FailureKind.Timeout : FailureKind.Unavailable,
        "The service has as many calls under way as its limit of open files allows. Try again later; an operator can raise the limit.",
        Delivered.No);

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
