using Connections.Contracts;
using Connections.Domain;
using Connections.ReadModels;
using EventSourcing;
using EventSourcing.Sql;
using MassTransit;

namespace Connections.Worker;

/// <summary>Tells the bus what happened to connections.</summary>
public sealed class PublishConnections(IEventLog log, WaitQueries waits, IBus bus) : IReactor
{
    public string Name => "publish-connections";

    public IReadOnlyList<string> Prefixes { get; } = [ConnectionDecider.Category];

    public async Task React(IReadOnlyList<RecordedEvent> events, CancellationToken ct)
    {
        foreach (var recorded in events)
        {
            var e = (ConnectionEvent)ConnectionDecider.Names.Read(recorded);
            if (e is ConnectionFenced or ConnectionAbandoned or ConnectionSecretsDestroyed) continue;
            var history = (await log.Read(recorded.Stream, ct)).Events;
            var was = ConnectionView.Fold(history.TakeWhile(h => h.Revision < recorded.Revision));
            var now = ConnectionView.Evolve(was, recorded)!;
            if (await Message(e, was, now, ct) is { } message) await bus.Tell(message, recorded, now.Id, now.Connector, ct);
        }
    }

    private async Task<Published?> Message(ConnectionEvent e, ConnectionView? was, ConnectionView now, CancellationToken ct)
    {
        var account = new ConnectedAccount(now.Account.Id, now.Account.Display, now.Account.Basis);
        return e switch
        {
            Domain.ConnectionCreated => new Contracts.ConnectionCreated(now.Name, account, now.CredentialVersion),
            Domain.ConnectionRenamed => new Contracts.ConnectionRenamed(now.Name, account, now.CredentialVersion),
            Domain.ConnectionReconnected => new Contracts.ConnectionReconnected(now.Name, account, now.CredentialVersion),
            Domain.ConnectionDeleted => new Contracts.ConnectionDeleted(now.Name, account, now.CredentialVersion, null),
            Domain.ConnectionTested t when t.Requested || t.Outcome != was?.LastTest?.Outcome =>
                new Contracts.ConnectionTested(t.Outcome, t.Message, t.CredentialVersion),
            Domain.ConnectionReauthRequired r => new Contracts.ConnectionReauthRequired(
                r.Reason, r.CredentialVersion, await waits.WaitingOver(now.Workspace, now.Id, ct)),
            _ => null
        };
    }
}
