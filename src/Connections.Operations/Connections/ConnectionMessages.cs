using System.Diagnostics;
using Connections.Contracts;
using Connections.Domain.Connection;
using Connections.ReadModels;
using Connections.ReadModels.Connections;
using Connections.ReadModels.Waits;
using EventSourcing;

namespace Connections.Operations.Connections;

/// <summary>What the bus is told of an event of a connection.</summary>
public sealed class ConnectionMessages(IEventLog log, WaitQueries waits)
{
    /// <summary>Null where nobody is told.</summary>
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

    /// <summary>The answer to a command whose wish was fulfilled before: by the last such event, told as when it happened.</summary>
    public Task<Published?> Latest<TEvent>(RequestContext context, Guid id, CancellationToken ct)
        where TEvent : ConnectionEvent => Latest(context, id, e => e is TEvent, ct);

    /// <summary>The answer to a reconnect, by the entry that it made.</summary>
    public async Task<Published?> LatestReconnected(RequestContext context, Guid id, string entry, CancellationToken ct)
    {
        var history = (await log.Read(ConnectionDecider.Stream(context.Workspace, id), ct)).Events;
        // a test that mended it later bears the same entry
        var first = history.FirstOrDefault(h => ConnectionDecider.Names.Read(h) is Domain.Connection.ConnectionReconnected r && r.VaultEntry == entry);
        return first is null ? null : await From(first, ct);
    }

    /// <summary>The answer to a delete of what is deleted, or was given up.</summary>
    /// <exception cref="RejectedException"><c>connection.not-found</c>: the sign-in for it came to nothing by itself.</exception>
    public async Task<Published> LatestDeleted(RequestContext context, Guid id, CancellationToken ct) =>
        await Latest(context, id, e => e is Domain.Connection.ConnectionDeleted || (e is AuthorizationFailed failed && failed.WasGivenUp()), ct)
        ?? throw new RejectedException("connection.not-found", "There is no such connection: nobody has signed in for it.");

    /// <summary>The answer to a rename to the name it has; the name may be the one it was made with.</summary>
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

    private async Task<Published?> Latest(RequestContext context, Guid id, Func<ConnectionEvent, bool> which, CancellationToken ct)
    {
        var history = (await log.Read(ConnectionDecider.Stream(context.Workspace, id), ct)).Events;
        var last = history.LastOrDefault(h => which((ConnectionEvent)ConnectionDecider.Names.Read(h)));
        return last is null ? null : await From(last, ct);
    }

    // there was no account yet, and no credentials
    private static Published GivenUp(RecordedEvent recorded, IReadOnlyList<RecordedEvent> history)
    {
        var of = history.TakeWhile(h => h.Revision < recorded.Revision).Select(ConnectionDecider.Names.Read).OfType<AuthorizationStarted>().Last();
        return new Contracts.ConnectionDeleted(of.Name, new ConnectedAccount(null, "", ""), 0, null)
            .Following(recorded, StreamName.Parse(recorded.Stream).Id, of.Connector);
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
                r.Reason, r.CredentialVersion, await waits.WaitingOver(now.Workspace, now.Id, ct)),
            // nobody is told of these
            Domain.Connection.ConnectionTested or ConnectionFenced or ConnectionAbandoned => null,
            AuthorizationStarted or AuthorizationCodeReceived or AuthorizationFailed => null,
            _ => throw new UnreachableException($"Nothing says whether the bus is told of {e.GetType().Name}")
        };
    }
}
