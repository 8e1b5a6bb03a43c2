using System.Net;
using System.Net.Sockets;
using EventSourcing;

namespace Connections.Console.Endpoints;

/// <summary>
/// Counts wrong keys by address: after five in a minute, no further key of the address is read. An IPv6 address counts by its network of 64 bits.
/// </summary>
internal sealed class SignInAttemptsByAddress(TimeProvider clock)
{
    private const int Most = 5;

    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    private readonly ExpiringMap<IPAddress, WrongKeys> wrong = new(clock, Window, capacity: 10_000);

    /// <summary>How long the address has to wait; null if it may try now.</summary>
    public TimeSpan? Pause(IPAddress? address) =>
        wrong.TryGetValue(Network(address), out var seen) && Volatile.Read(ref seen.Count) >= Most ? Window - clock.GetElapsedTime(seen.Since) : null;

    public void Wrong(IPAddress? address) =>
        Interlocked.Increment(ref wrong.GetOrAdd(Network(address), _ => new WrongKeys(clock.GetTimestamp())).Count);

    private static IPAddress Network(IPAddress? address)
    {
        if (address is null) return IPAddress.None;
        if (address.IsIPv4MappedToIPv6) return address.MapToIPv4();
        if (address.AddressFamily != AddressFamily.InterNetworkV6) return address;
        var bytes = address.GetAddressBytes();
        bytes.AsSpan(8).Clear();
        return new IPAddress(bytes);
    }

    private sealed class WrongKeys(long since)
    {
        public int Count;

        public long Since => since;
    }
}
