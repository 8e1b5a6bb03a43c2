using System.Text.Json;
using Connections.Domain;
using Connections.Domain.Connection;
using EventSourcing;

namespace Connections.Console.Endpoints;

/// <param name="Reason">Why the sign-in ended, in the words of the event.</param>
internal sealed record FailedAttempt(string Name, JsonElement Settings, string Reason);

/// <summary>Reads from the log what a person had typed before a sign-in that failed, and why it failed.</summary>
internal sealed class FailedSignIn(IEventLog log)
{
    /// <summary>Null when no sign-in of the connection failed last.</summary>
    public async Task<FailedAttempt?> Find(ConnectionId id, CancellationToken ct)
    {
        var events = (await log.Read(id.Stream, ct)).Events.Select(e => (ConnectionEvent)ConnectionDecider.Names.Read(e)).ToList();
        return events.Count > 0 && events[^1] is AuthorizationFailed failed && events.OfType<AuthorizationStarted>().LastOrDefault() is { } started
            ? new FailedAttempt(started.Name, started.Settings, failed.Message)
            : null;
    }
}
