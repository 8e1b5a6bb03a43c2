using System.Net;

namespace Connections.Connectors.Guard;

/// <summary>Section <c>Network</c>: the private addresses that may be dialled, and the service's own outgoing addresses.</summary>
public sealed class NetworkOptions
{
    public const string Section = "Network";

    /// <summary>
    /// Private addresses that may be dialled: <c>true</c> for all of them, or a list of networks (<c>10.0.0.0/8</c>), addresses and host
    /// names. One entry may contain several, separated by commas. Link-local and metadata addresses are always rejected.
    /// </summary>
    public IReadOnlyList<string> AllowPrivate { get; set; } = [];

    /// <summary>The source addresses of outgoing calls, shown to people who configure a firewall.</summary>
    public IReadOnlyList<string> EgressAddresses { get; set; } = [];
}

/// <summary>The parsed <see cref="NetworkOptions.AllowPrivate"/>.</summary>
public sealed class PrivateNetworkPolicy
{
    private readonly bool all;
    private readonly List<IPNetwork> networks = [];
    private readonly HashSet<string> names = new(StringComparer.Ordinal);

    public PrivateNetworkPolicy(IEnumerable<string> entries)
    {
        foreach (var entry in entries.SelectMany(e => e.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)))
        {
            if (bool.TryParse(entry, out var everything)) all |= everything;
            else if (IPNetwork.TryParse(entry, out var network)) networks.Add(network);
            else if (entry.Contains('/')) throw new FormatException($"\"{entry}\" is not a network such as 10.0.0.0/8.");
            else if (HostName.Parse(entry, out var why) is not { } host) throw new FormatException($"\"{entry}\": {why}");
            else if (host.Address is { } address) networks.Add(new IPNetwork(address, address.GetAddressBytes().Length * 8));
            else names.Add(host.Name);
        }
    }

    public bool Allows(string host, IPAddress address) => all || names.Contains(host) || networks.Any(n => n.Contains(address));
}
