using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace TestServers;

/// <summary>
/// Ports of the loopback for servers that come and go. They lie below those that the system gives to outgoing connections and to whoever
/// listens on port 0 (Linux: from 32768, see ip(7) on ip_local_port_range): one of those takes a server's port from it while it is away.
/// </summary>
public static class Ports
{
    private const int First = 16384;
    private const int End = 32768;
    private static readonly ConcurrentDictionary<int, byte> Given = [];

    /// <summary>One that nobody listens on, and that no one of this process was given before.</summary>
    public static int Free()
    {
        for (var tries = 0; tries < 1000; tries++)
        {
            var port = Random.Shared.Next(First, End);
            if (Listens(port) || !Given.TryAdd(port, 0)) continue;
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
