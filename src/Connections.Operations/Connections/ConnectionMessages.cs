using System.Diagnostics;
using Connections.Contracts;
using Connections.Domain;
using Connections.Domain.Connection;
using Connections.ReadModels.Connections;
using Connections.ReadModels.Waits;
using EventSourcing;

namespace Connections.Operations.Connections;

/// <summary>Creates the bus message for an event of a connection.</summary>
public sealed class ConnectionMessages(IEventLog log, WaitQueries waits)
{
    /// <summary>Null for an event that is not published.</summary>
    public async Task<Published?> From(RecordedEvent recorded, CancellationToken ct)
    {
        var e = (ConnectionEvent)ConnectionDecider.Names.Read(recorded);
        if (e is ConnectionFenced or ConnectionAbandoned or AuthorizationStarted or AuthorizationCodeReceived) return null;
        if (e is AuthorizationFailed failed && !failed.WasGivenUp()) return null;
        var history = (await log.Read(recorded.Stream, ct)).Events;
        if (e is AuthorizationFailed) return GivenUp(recorded, history);
        var was = ConnectionView.Fold(history.TakeWhile(h => h.Revision < recorded.Revision));
        var now = ConnectionView.Evolve(was, recorded)!;
        return (await Message(e, was, now, ct))?.Following(recorded, now.Id, now.Connector);
    }

    /// <summary>The reply to a repeated command: the message of the last event of the type, with the original time.</summary>
    public Task<Published?> Latest<TEvent>(RequestContext context, Guid id, CancellationToken ct)
        where TEvent : ConnectionEvent => Latest(context, id, e => e is TEvent, ct);

    /// <summary>The reply to a reconnect, found by the vault entry that the command created.</summary>
    public async Task<Published?> LatestReconnected(RequestContext context, Guid id, string entry, CancellationToken ct)
    {
        var history = (await log.Read(context.Connection(id).Stream, ct)).Events;
        // A test that reconnected the connection later names the same entry.
        var first = history.FirstOrDefault(h => ConnectionDecider.Names.Read(h) is Domain.Connection.ConnectionReconnected r && r.VaultEntry == entry);
        return first is null ? null : await From(first, ct);
    }

    /// <summary>The reply to a repeated delete, also of a connection whose sign-in was cancelled.</summary>
    /// <exception cref="RejectedException"><c>connection.not-found</c>: the sign-in failed, so there was nothing to delete.</exception>
    public async Task<Published> LatestDeleted(RequestContext context, Guid id, CancellationToken ct) =>
        await Latest(context, id, e => e is Domain.Connection.ConnectionDeleted || (e is AuthorizationFailed failed && failed.WasGivenUp()), ct)
        ?? throw new RejectedException("connection.not-found", "There is no such connection: its sign-in failed.");

    /// <summary>The reply to a rename to the current name, which may be the name from the creation.</summary>
    public async Task<Published> LatestRenamed(RequestContext context, Guid id, CancellationToken ct)
    {
        var renamed = await Latest<Domain.Connection.ConnectionRenamed>(context, id, ct);
        if (renamed is not null) return renamed;
        var made = (Contracts.ConnectionCreated)(await Latest<Domain.Connection.ConnectionCreated>(context, id, ct))!;
        return new Contracts.ConnectionRenamed(made.Name, made.Account, made.CredentialVersion)
        {
            EventId = made.EventId,
            Workspace = made.Workspace,
            ConnectionId = made.ConnectionId,
            Connector = made.Connector,
            Version = made.Version,
            At = made.At
        };
    }

    private async Task<Published?> Latest(RequestContext context, Guid id, Func<ConnectionEvent, bool> predicate, CancellationToken ct)
    {
        var history = (await log.Read(context.Connection(id).Stream, ct)).Events;
        var last = history.LastOrDefault(h => predicate((ConnectionEvent)ConnectionDecider.Names.Read(h)));
        return last is null ? null : await From(last, ct);
    }

    // A connection whose sign-in was cancelled has no account and no credentials.
    private static Published GivenUp(RecordedEvent recorded, IReadOnlyList<RecordedEvent> history)
    {
        var earlier = history.TakeWhile(h => h.Revision < recorded.Revision).Select(ConnectionDecider.Names.Read);
        var start = earlier.OfType<AuthorizationStarted>().Last();
        return new Contracts.ConnectionDeleted(start.Name, new ConnectedAccount(null, "", ""), 0, null)
            .Following(recorded, ConnectionId.Parse(recorded.Stream).Value, start.Connector);
    }

    internal async Task<Published?> Message(ConnectionEvent e, ConnectionView? was, ConnectionView now, CancellationToken ct)
    {
        var account = new ConnectedAccount(now.Account.Id, now.Account.Display, now.Account.Basis);
        return e switch
        {
            Domain.Connection.ConnectionCreated => new Contracts.ConnectionCreated(now.Name, account, now.CredentialVersion),
            Domain.Connection.ConnectionRenamed => new Contracts.ConnectionRenamed(now.Name, account, now.CredentialVersion),
            Domain.Connection.ConnectionReconnected => new Contracts.ConnectionReconnected(now.Name, account, now.CredentialVersion),
            Domain.Connection.ConnectionDeleted => new Contracts.ConnectionDeleted(now.Name, account, now.CredentialVersion, null),
            ConnectionSecretsDestroyed d => new Contracts.ConnectionDeleted(now.Name, account, now.CredentialVersion, d.Revoked),
            Domain.Connection.ConnectionExpiring x => new Contracts.ConnectionExpiring(x.ExpiresAt, x.Basis, x.DaysLeft),
            Domain.Connection.ConnectionTested t when t.Requested || t.Outcome != was?.LastTest?.Outcome =>
                new Contracts.ConnectionTested(t.Outcome, t.Message, t.CredentialVersion),
            Domain.Connection.ConnectionReauthRequired r => new Contracts.ConnectionReauthRequired(
                r.Reason, r.CredentialVersion, await waits.WaitingOver(new ConnectionId(now.Workspace, now.Id), ct)),
            // These events are not published.
            Domain.Connection.ConnectionTested or ConnectionFenced or ConnectionAbandoned => null,
            AuthorizationStarted or AuthorizationCodeReceived or AuthorizationFailed => null,
            _ => throw new UnreachableException($"{e.GetType().Name} has no rule for publishing.")
        };
    }
}
