using Connections.Domain;
using Connections.Domain.Claims;
using Connections.Domain.Connection;
using Connections.ReadModels.Connections;
using EventSourcing;

namespace Connections.Operations.Connections;

/// <summary>
/// Finds the connection of an activity: in the read model, or in the log where the read model has not caught up. The result may be slightly
/// stale; the credential version in it makes that harmless.
/// </summary>
public sealed class ConnectionDirectory(ConnectionQueries rows, IEventLog log)
{
    public async Task<ConnectionView?> Find(ConnectionId id, CancellationToken ct) =>
        await rows.Find(id, ct) ?? await Now(id, ct);

    /// <summary>Reads the stream itself, which is never stale.</summary>
    public async Task<ConnectionView?> Now(ConnectionId id, CancellationToken ct) =>
        ConnectionView.Fold((await log.Read(id.Stream, ct)).Events);

    /// <summary>The connection that has the name now; null when there is none.</summary>
    public async Task<ConnectionView?> Named(string workspace, string connector, string name, CancellationToken ct) =>
        await rows.Named(workspace, connector, name, ct) ?? await NamedNow(workspace, connector, name, ct);

    /// <summary>Reads the log itself: the connection that holds the claim on the name.</summary>
    public async Task<ConnectionView?> NamedNow(string workspace, string connector, string name, CancellationToken ct) =>
        await Holder(workspace, connector, name, ct) is { } holder
        && await Now(new ConnectionId(workspace, holder), ct) is { Status: not ConnectionStatus.Deleted } now
        && ConnectionName.Key(now.Name) == ConnectionName.Key(name)
            ? now
            : null;

    /// <summary>Whether any connection ever claimed the name.</summary>
    public async Task<bool> EverNamed(string workspace, string connector, string name, CancellationToken ct) =>
        await Holder(workspace, connector, name, ct) is not null;

    private async Task<Guid?> Holder(string workspace, string connector, string name, CancellationToken ct)
    {
        var claims = await log.Read(ClaimId.ForName(workspace, connector, name).Stream, ct);
        return claims.Events.Select(ClaimDecider.Names.Read).Cast<ClaimEvent>().Aggregate(ClaimState.Initial, ClaimState.Evolve).Holder;
    }
}
