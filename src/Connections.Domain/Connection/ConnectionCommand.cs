using System.Diagnostics;
using EventSourcing;

namespace Connections.Domain.Connection;

public abstract record ConnectionCommand;

/// <summary>Connections: their stored names and rules.</summary>
public static partial class ConnectionDecider
{
    // Stored names are permanent: a class may be renamed, its string may not.
    public static readonly EventTypes Names = new EventTypes()
        .Map<ConnectionCreated>("connection-created")
        .Map<ConnectionTested>("connection-tested")
        .Map<ConnectionReauthRequired>("connection-reauth-required")
        .Map<ConnectionReconnected>("connection-reconnected")
        .Map<ConnectionRenamed>("connection-renamed")
        .Map<ConnectionFenced>("connection-fenced")
        .Map<ConnectionAbandoned>("connection-abandoned")
        .Map<ConnectionDeleted>("connection-deleted")
        .Map<ConnectionSecretsDestroyed>("connection-secrets-destroyed")
        .Map<ConnectionExpiring>("connection-expiring")
        .Map<AuthorizationStarted>("authorization-started")
        .Map<AuthorizationCodeReceived>("authorization-code-received")
        .Map<AuthorizationFailed>("authorization-failed");

    public static readonly Decider<ConnectionState, ConnectionCommand, ConnectionEvent> Decider =
        new(ConnectionState.Initial, ConnectionState.Evolve, Decide);

    public static IReadOnlyList<ConnectionEvent> Decide(ConnectionCommand command, ConnectionState now) => command switch
    {
        CreateConnection c => Decide(c, now),
        RecordTest c => Decide(c, now),
        RequireReauth c => Decide(c, now),
        ReconnectConnection c => Decide(c, now),
        RenameConnection c => Decide(c, now),
        FenceConnection c => Decide(c, now),
        DeleteConnection c => Decide(c, now),
        RecordSecretsDestroyed c => Decide(c, now),
        StartAuthorization c => Decide(c, now),
        ReceiveCode c => Decide(c, now),
        FailAuthorization c => Decide(c, now),
        WarnOfExpiry c => Decide(c, now),
        RepairGrant c => Decide(c, now),
        _ => throw new UnreachableException($"{command.GetType().Name} is not decided")
    };

    /// <summary>Returns the live credentials of a connection that a person may change.</summary>
    /// <exception cref="RejectedException">There is no such connection, or it was deleted.</exception>
    public static LiveCredentials RequireExisting(ConnectionState now) => now.Status switch
    {
        ConnectionStatus.Absent or ConnectionStatus.Abandoned =>
            throw new RejectedException("connection.not-found", "There is no such connection."),
        ConnectionStatus.Authorizing =>
            throw new RejectedException("connection.not-found", "There is no such connection yet: its sign-in is not complete."),
        ConnectionStatus.Deleted => throw new RejectedException("connection.deleted", "The connection was deleted."),
        _ => now.Live!
    };
}
