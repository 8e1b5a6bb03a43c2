using System.Net.Sockets;

namespace Connections.Connectors.Guard;

/// <summary>Creates the sockets of calls to other systems, within <see cref="DescriptorBudget.Calls"/>.</summary>
public static class OutboundSockets
{
    /// <summary>The descriptors of a call whose library dials through a relay in this process: its own socket, the listener, and both ends.</summary>
    public const int ThroughRelay = 4;

    /// <returns>A socket that gives its descriptors back when it is disposed; null if too many are in use.</returns>
    /// <exception cref="SocketException">The machine cannot open a socket.</exception>
    public static Socket? TryCreate(AddressFamily family, int descriptors)
    {
        if (!DescriptorBudget.Calls.TryTake(descriptors)) return null;
        try
        {
            return new CountedSocket(family, descriptors) { NoDelay = true };
        }
        catch
        {
            DescriptorBudget.Calls.GiveBack(descriptors);
            throw;
        }
    }

    private sealed class CountedSocket(AddressFamily family, int descriptors) : Socket(family, SocketType.Stream, ProtocolType.Tcp)
    {
        private int held = descriptors;

        protected override void Dispose(bool disposing)
        {
            base.Dispose(disposing);
            if (Interlocked.Exchange(ref held, 0) is > 0 and var count) DescriptorBudget.Calls.GiveBack(count);
        }
    }
}
