using EventSourcing;

namespace Connections.Domain.Connection;

/// <summary>For a new connection, its name claimed before; or for one that exists, to reconnect it.</summary>
public sealed record StartAuthorization(AuthorizationStarted Authorization) : ConnectionCommand;

/// <summary>The browser came back with a code, at this time.</summary>
public sealed record ReceiveCode(Guid Attempt, DateTimeOffset Now) : ConnectionCommand;

/// <summary>It came to nothing. Of an attempt that a later one replaced, or that has ended, this says nothing.</summary>
public sealed record FailAuthorization(Guid Attempt, string Reason, string Message) : ConnectionCommand;

public static partial class ConnectionDecider
{
    public const string RanOut = "The sign-in took longer than ten minutes.";

    public static IReadOnlyList<ConnectionEvent> Decide(StartAuthorization c, ConnectionState now)
    {
        if (now.SignIn?.Start.Attempt == c.Authorization.Attempt) return [];
        return now.Status switch
        {
            ConnectionStatus.Abandoned => throw new RejectedException(
                "connection.id-reused", "This id was given up: another connection took its name or account meanwhile. Use a new id."),
            ConnectionStatus.Deleted => throw new RejectedException("connection.deleted", "The connection was deleted."),
            ConnectionStatus.Authorizing when !now.SignIn!.Start.SameBody(c.Authorization.Connector, c.Authorization.Name, c.Authorization.Settings) =>
                throw new RejectedException(
                    "connection.id-reused", "Somebody is signing in for a connection with this id and another body. Use a new id."),
            _ => [c.Authorization]
        };
    }

    /// <exception cref="RejectedException"><c>authorization.stale</c>: replaced by a later attempt, ended, or too late.</exception>
    public static IReadOnlyList<ConnectionEvent> Decide(ReceiveCode c, ConnectionState now)
    {
        if (now.SignIn?.Start.Attempt != c.Attempt) throw Stale("A later sign-in took the place of this one.");
        return now.SignIn.Phase switch
        {
            _ when now.Status is ConnectionStatus.Deleted or ConnectionStatus.Abandoned => throw Stale("The connection is gone."),
            SignInPhase.CodeReceived => [],
            _ when now.SignIn.HasEnded => throw Stale("This sign-in has come to its end."),
            _ when c.Now > now.SignIn.Start.Until => throw Stale(RanOut),
            _ => [new AuthorizationCodeReceived(c.Attempt)]
        };
    }

    public static IReadOnlyList<ConnectionEvent> Decide(FailAuthorization c, ConnectionState now) =>
        now.SignIn?.Start.Attempt == c.Attempt && !now.SignIn.HasEnded
        && now.Status is not (ConnectionStatus.Deleted or ConnectionStatus.Abandoned)
            ? [new AuthorizationFailed(c.Attempt, c.Reason, c.Message)]
            : [];

    private static RejectedException Stale(string detail) => new("authorization.stale", detail);
}
