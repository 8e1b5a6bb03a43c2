using System.Net;
using System.Net.Sockets;

namespace Connections.Connectors.Guard;

/// <summary>How far an address is trusted, by its network.</summary>
public enum AddressKind
{
    Public,

    /// <summary>Loopback, private or reserved: allowed only by the operator's configuration.</summary>
    Private,

    /// <summary>Link-local or cloud metadata: never allowed.</summary>
    Forbidden
}

public static class AddressRules
{
    private static readonly IPNetwork[] Forbidden = Networks(
        "169.254.0.0/16", "fe80::/10",
        "100.100.100.200/32", // Alibaba metadata
        "192.0.0.192/32", // Oracle metadata
        "168.63.129.16/32", // Azure wire server
        "fd00:ec2::/32", // Amazon metadata, DNS, time
        "fd20:ce::254/128"); // Google metadata

    private static readonly IPNetwork[] Reserved = Networks(
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24",
        "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
        "2001::/23", "2001:db8::/32", "3fff::/20");

    private static readonly IPNetwork Global6 = IPNetwork.Parse("2000::/3");
    private static readonly IPNetwork SixToFour = IPNetwork.Parse("2002::/16");
    private static readonly IPNetwork Teredo = IPNetwork.Parse("2001::/32");
    private static readonly IPNetwork Nat64 = IPNetwork.Parse("64:ff9b::/96");
    private static readonly IPNetwork Nat64Local = IPNetwork.Parse("64:ff9b:1::/48");
    private static readonly IPNetwork Compatible = IPNetwork.Parse("::/96");

    /// <summary>Classifies an address. One that embeds another (6to4, NAT64, Teredo …) gets the stricter kind of the two.</summary>
    public static AddressKind Judge(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6) return Judge(address.MapToIPv4());
        var worst = Own(address);
        foreach (var inner in Embedded(address))
            if (Judge(inner) is var kind && kind > worst) worst = kind;
        return worst;
    }

    private static AddressKind Own(IPAddress address) =>
        Forbidden.Any(n => n.Contains(address)) ? AddressKind.Forbidden
        : Reserved.Any(n => n.Contains(address)) ? AddressKind.Private
        : address.AddressFamily == AddressFamily.InterNetwork || Global6.Contains(address) || Nat64.Contains(address) ? AddressKind.Public
        : AddressKind.Private;

    private static IEnumerable<IPAddress> Embedded(IPAddress address)
    {
        if (address.AddressFamily != AddressFamily.InterNetworkV6) yield break;
        var bytes = address.GetAddressBytes();
        if (SixToFour.Contains(address)) yield return new IPAddress(bytes.AsSpan(2, 4));
        if (Nat64.Contains(address) || Nat64Local.Contains(address) || Compatible.Contains(address) || Isatap(bytes))
            yield return new IPAddress(bytes.AsSpan(12, 4));
        if (!Teredo.Contains(address)) yield break;
        yield return new IPAddress(bytes.AsSpan(4, 4));
        yield return new IPAddress([.. bytes[12..].Select(b => (byte)~b)]);
    }

    private static bool Isatap(byte[] bytes) => bytes[8] is 0 or 2 && bytes[9] == 0 && bytes[10] == 0x5e && bytes[11] == 0xfe;

    private static IPNetwork[] Networks(params string[] networks) => [.. networks.Select(IPNetwork.Parse)];
}
