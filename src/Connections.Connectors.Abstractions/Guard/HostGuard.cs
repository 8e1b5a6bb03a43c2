using System.Net;
using System.Net.Sockets;
using Connections.Domain;
using Microsoft.Extensions.Options;

namespace Connections.Connectors.Guard;

/// <summary>Resolves host names for the guard.</summary>
public interface IHostResolver
{
    Task<IPAddress[]> Resolve(string host, CancellationToken ct);
}

public sealed class DnsResolver : IHostResolver
{
    public Task<IPAddress[]> Resolve(string host, CancellationToken ct) => Dns.GetHostAddressesAsync(host, ct);
}

/// <summary>
/// The addresses that may be dialled for a typed host, or the reason for rejecting it. TLS must verify <paramref name="Host"/>.
/// </summary>
public sealed record GuardedHost(string Host, IReadOnlyList<IPEndPoint> Endpoints, ConnectorResult.Failed? Refused);

/// <summary>
/// Resolves and checks the host of each new outgoing connection. Callers must dial the returned addresses: a later DNS change then has no
/// effect.
/// </summary>
public sealed class HostGuard(IHostResolver resolver, IOptions<NetworkOptions> options)
{
    private readonly PrivateNetworkPolicy allowed = new(options.Value.AllowPrivate);

    public async Task<GuardedHost> Resolve(string typed, int port, CancellationToken ct)
    {
        if (port is < 1 or > 65535) return Refuse(typed, FailureKind.InvalidInput, "The port must lie between 1 and 65535.");
        if (HostName.Parse(typed, out var why) is not { } host) return Refuse(typed, FailureKind.InvalidInput, why);

        var addresses = host.Address is { } literal ? [literal] : await Addresses(host.Name, ct);
        if (addresses.Length == 0)
            return Refuse(
                host.Name, FailureKind.Unavailable,
                $"The name {host.Name} could not be resolved: check its spelling, and that it is known outside your network.");

        // One forbidden address rejects the whole name, because the name may point to it on purpose.
        return addresses.Select(a => Objection(host.Name, a)).FirstOrDefault(o => o is not null) is { } objection
            ? Refuse(host.Name, FailureKind.InvalidInput, objection)
            : new GuardedHost(host.Name, [.. addresses.Select(a => new IPEndPoint(a, port))], null);
    }

    private async Task<IPAddress[]> Addresses(string name, CancellationToken ct)
    {
        try
        {
            var found = await resolver.Resolve(name, ct);
            return [.. found.Select(a => a.IsIPv4MappedToIPv6 ? a.MapToIPv4() : a).Distinct()];
        }
        catch (SocketException)
        {
            return [];
        }
    }

    private string? Objection(string name, IPAddress address) => AddressRules.Judge(address) switch
    {
        AddressKind.Public => null,
        AddressKind.Private when allowed.Allows(name, address) => null,
        AddressKind.Private => $"{Named(name, address)} a private or reserved address, and this service may not connect to it. "
            + "An operator can allow it under Network:AllowPrivate.",
        _ => $"{Named(name, address)} a link-local or cloud metadata address. Connections to it are always refused."
    };

    private static string Named(string name, IPAddress address) =>
        name == address.ToString() ? $"{name} is" : $"{name} leads to {address}, which is";

    private static GuardedHost Refuse(string host, FailureKind kind, string message) =>
        new(host, [], new ConnectorResult.Failed(kind, message, Delivered.No, Answered: kind != FailureKind.Unavailable));
}
