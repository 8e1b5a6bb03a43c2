using System.Text.Json;
using Connections.Domain;
using Connections.Domain.Connection;
using EventSourcing;

namespace Connections.Operations.SignIns;

/// <summary>The recorded facts of one sign-in attempt.</summary>
/// <param name="Context">The context of the request for the sign-in.</param>
/// <param name="Failure">The reason of the failure; null if it has not failed.</param>
/// <param name="Connected">The connection that resulted; null if there is none.</param>
internal sealed record SignInAttempt(RequestContext Context, string? Failure, SignInConnection? Connected);

/// <param name="Reconnected">True if the connection existed before.</param>
internal sealed record SignInConnection(Account Account, IReadOnlyList<string>? Scopes, bool Reconnected);

/// <summary>A sign-in that failed, with what the person had typed before it.</summary>
/// <param name="Reason">Why it failed, in the words of the event.</param>
public sealed record FailedSignIn(string Name, JsonElement Settings, string Reason);

/// <summary>Reads sign-in attempts from the log.</summary>
public sealed class SignInAttempts(IEventLog log)
{
    /// <summary>The newest sign-in of a connection, if it failed; null otherwise.</summary>
    public async Task<FailedSignIn?> LastFailure(ConnectionId connection, CancellationToken ct)
    {
        var events = (await log.Read(connection.Stream, ct)).Events.Select(e => (ConnectionEvent)ConnectionDecider.Names.Read(e)).ToList();
        return events.Count > 0 && events[^1] is AuthorizationFailed failed && events.OfType<AuthorizationStarted>().LastOrDefault() is { } started
            ? new FailedSignIn(started.Name, started.Settings, failed.Message)
            : null;
    }

    internal async Task<SignInAttempt> Read(SignInReference reference, CancellationToken ct)
    {
        var attempt = new SignInAttempt(new RequestContext(reference.Connection.Workspace, "sign-in"), null, null);
        var (begun, received) = (false, false);
        foreach (var recorded in (await log.Read(reference.Connection.Stream, ct)).Events)
        {
            var e = ConnectionDecider.Names.Read(recorded);
            if (e is AuthorizationStarted started) (begun, received) = (started.Attempt == reference.Attempt, false);
            if (!begun) continue;
            received |= e is AuthorizationCodeReceived;
            attempt = e switch
            {
                AuthorizationStarted => attempt with { Context = GetRequester(reference, recorded) },
                AuthorizationFailed failed when failed.Attempt == reference.Attempt => attempt with { Failure = failed.Message },
                ConnectionCreated c when received => attempt with { Connected = attempt.Connected ?? new SignInConnection(c.Account, c.Scopes, Reconnected: false) },
                ConnectionReconnected r when received => attempt with { Connected = attempt.Connected ?? new SignInConnection(r.Account, r.Scopes, Reconnected: true) },
                _ => attempt
            };
        }

        return attempt;
    }

    private static RequestContext GetRequester(SignInReference reference, RecordedEvent start) =>
        new(reference.Connection.Workspace, EventMetadata.From(start).Actor, EventMetadata.From(start).Correlation, start.Id.ToString());
}
