using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace TestServers;

/// <summary>
/// Chooses loopback ports for servers that are stopped and restarted. The ports are below the range for outgoing connections and for
/// listeners on port 0 (Linux: from 32768, see ip(7) on ip_local_port_range): such a connection could take the port of a stopped server.
/// </summary>
public static class Ports
{
    private const int First = 16384;
    private const int End = 32768;
    private static readonly ConcurrentDictionary<int, byte> Used = [];

    /// <summary>Returns a port without a listener that this process has not returned before.</summary>
    public static int Free()
    {
        for (var tries = 0; tries < 1000; tries++)
        {
            var port = Random.Shared.Next(First, End);
            if (Listens(port) || !Used.TryAdd(port, 0)) continue;
            return port;
        }
        throw new InvalidOperationException($"No port from {First} to {End - 1} is free.");
    }

    private static bool Listens(int port)
    {
        using var listener = new TcpListener(IPAddress.Loopback, port);
        try
        {
            listener.Start();
            return false;
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.AddressAlreadyInUse or SocketError.AccessDenied)
        {
            return true;
        }
    }
}
