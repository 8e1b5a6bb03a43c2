using Connections.Credentials.Vault;
using Connections.Domain;
using EventSourcing;
using TestServers;

namespace Operations.Tests.Interleaving;

/// <summary>A log on which each call is a step of an actor.</summary>
internal sealed class SteppedLog(IEventLog inner) : ForwardingLog(inner)
{
    public override async Task<Appended> Append(string stream, long expected, IReadOnlyList<NewEvent> events, CancellationToken ct)
    {
        await Actor.Before($"append {string.Join(" + ", events.Select(e => e.Type))} to {Short(stream)} behind {expected}");
        return await base.Append(stream, expected, events, ct);
    }

    public override async Task<StreamSlice> Read(string stream, CancellationToken ct)
    {
        await Actor.Before($"read {Short(stream)}");
        return await base.Read(stream, ct);
    }

    private static string Short(string stream)
    {
        var dash = stream.IndexOf('-', StringComparison.Ordinal);
        return stream.Length > dash + 48 ? stream[..(dash + 7)] : stream[..(stream.IndexOf(':', StringComparison.Ordinal) + 9)];
    }
}

/// <summary>A vault on which each call is a step of an actor.</summary>
internal sealed class SteppedVault(IVault inner) : IVault
{
    public async Task Put(ConnectionId connection, string entry, Secret secret, CancellationToken ct)
    {
        await Actor.Before("put into the vault");
        await inner.Put(connection, entry, secret, ct);
    }

    public async Task<Secret?> Get(ConnectionId connection, string entry, CancellationToken ct)
    {
        await Actor.Before("get from the vault");
        return await inner.Get(connection, entry, ct);
    }

    public async Task Destroy(ConnectionId connection, CancellationToken ct)
    {
        await Actor.Before("destroy in the vault");
        await inner.Destroy(connection, ct);
    }

    public Task<IReadOnlyList<VaultEntry>> PutBefore(DateTimeOffset before, VaultEntry? after, int limit, CancellationToken ct) =>
        inner.PutBefore(before, after, limit, ct);

    public Task Remove(VaultEntry entry, CancellationToken ct) => inner.Remove(entry, ct);

    public Task Remove(ConnectionId connection, string entry, CancellationToken ct) => inner.Remove(connection, entry, ct);
}
