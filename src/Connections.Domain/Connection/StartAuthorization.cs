using EventSourcing;

namespace Connections.Domain.Connection;

/// <summary>Starts a sign-in: for a new connection whose name was claimed before, or to reconnect an existing one.</summary>
public sealed record StartAuthorization(AuthorizationStarted Authorization) : ConnectionCommand;

/// <summary>The browser returned with a code at this time.</summary>
public sealed record ReceiveCode(Guid Attempt, DateTimeOffset Now) : ConnectionCommand;

/// <summary>The sign-in failed. The command changes nothing if a later attempt replaced this one or this one has ended.</summary>
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
                "connection.id-reused", "This id cannot be used: another connection took its name or account meanwhile. Use a new id."),
            ConnectionStatus.Deleted => throw new RejectedException("connection.deleted", "The connection was deleted."),
            ConnectionStatus.Authorizing when !now.SignIn!.Start.SameBody(c.Authorization.Connector, c.Authorization.Name, c.Authorization.Settings) =>
                throw new RejectedException(
                    "connection.id-reused", "A sign-in is under way for a connection with this id and another body. Use a new id."),
            _ => [c.Authorization]
        };
    }

    /// <exception cref="RejectedException"><c>authorization.stale</c>: replaced by a later attempt, ended, or expired.</exception>
    public static IReadOnlyList<ConnectionEvent> Decide(ReceiveCode c, ConnectionState now)
    {
        if (now.SignIn?.Start.Attempt != c.Attempt) throw Stale("A later sign-in replaced this one.");
        return now.SignIn.Phase switch
        {
            _ when now.Status is ConnectionStatus.Deleted or ConnectionStatus.Abandoned => throw Stale("The connection no longer exists."),
            SignInPhase.CodeReceived => [],
            _ when now.SignIn.HasEnded => throw Stale("This sign-in has already ended."),
            _ when SignInTime.HasPassed(now.SignIn.Start.Until, c.Now) => throw Stale(RanOut),
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
