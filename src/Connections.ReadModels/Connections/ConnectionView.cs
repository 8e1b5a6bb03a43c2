using System.Diagnostics;
using System.Text.Json;
using Connections.Domain;
using Connections.Domain.Connection;
using EventSourcing;

namespace Connections.ReadModels.Connections;

/// <summary>A connection as the API and workers see it. One fold serves queries by id (from the stream) and lists (from rows).</summary>
public sealed record ConnectionView
{
    public required string Workspace { get; init; }

    public required Guid Id { get; init; }

    public required string Connector { get; init; }

    public required string Name { get; init; }

    public required ConnectionStatus Status { get; init; }

    public string? StatusReason { get; init; }

    public required Account Account { get; init; }

    public required JsonElement Settings { get; init; }

    /// <summary>Secret fields are <c>***</c>.</summary>
    public required JsonElement Credentials { get; init; }

    public required int CredentialVersion { get; init; }

    public required string VaultEntry { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required string CreatedBy { get; init; }

    public DateTimeOffset? LastConnectedAt { get; init; }

    public LastTest? LastTest { get; init; }

    /// <summary>Consecutive health checks that failed.</summary>
    public int FailedChecks { get; init; }

    /// <summary>A test has accepted the live credentials since they were last reported as rejected.</summary>
    public bool TestedSinceRejection { get; init; }

    /// <summary>The scopes granted at the last sign-in; null without a sign-in.</summary>
    public IReadOnlyList<string>? Scopes { get; init; }

    /// <summary>True after a deletion, once the secrets were destroyed.</summary>
    public bool SecretsDestroyed { get; init; }

    /// <summary>The revision of the stream.</summary>
    public required long Version { get; init; }

    public static ConnectionView? Evolve(ConnectionView? was, RecordedEvent recorded)
    {
        var e = (ConnectionEvent)ConnectionDecider.Names.Read(recorded);
        var now = was is null && e is not ConnectionCreated ? null : Change(was, e, recorded);
        return now is null ? null : now with
        {
            Status = ConnectionState.StatusAfter(was?.Status ?? ConnectionStatus.Absent, e),
            TestedSinceRejection = ConnectionState.TestedSinceRejection(
                was?.TestedSinceRejection == true, was?.Status ?? ConnectionStatus.Absent, e),
            Version = recorded.Revision
        };
    }

    public static ConnectionView? Fold(IEnumerable<RecordedEvent> events) => events.Aggregate((ConnectionView?)null, Evolve);

    /// <summary>A connection whose first sign-in is under way; it has no row. Null if there is no such sign-in.</summary>
    public static ConnectionView? SigningIn(IReadOnlyList<RecordedEvent> events, DateTimeOffset now)
    {
        var state = events.Select(e => (ConnectionEvent)ConnectionDecider.Names.Read(e)).Aggregate(ConnectionState.Initial, ConnectionState.Evolve);
        if (state.Status != ConnectionStatus.Authorizing || state.SignIn!.Start is not { } start || SignInTime.HasPassed(start.Until, now)) return null;
        var id = ConnectionId.Parse(events[0].Stream);
        return new ConnectionView
        {
            Workspace = id.Workspace,
            Id = id.Value,
            Connector = start.Connector,
            Name = start.Name,
            Status = ConnectionStatus.Authorizing,
            Account = new Account(null, "", ""),
            Settings = start.Settings,
            Credentials = JsonSerializer.SerializeToElement(new { }),
            CredentialVersion = 0,
            VaultEntry = "",
            CreatedAt = events[0].At,
            CreatedBy = EventMetadata.From(events[0]).Actor,
            Version = events[^1].Revision
        };
    }

    private static ConnectionView Create(ConnectionCreated c, RecordedEvent recorded)
    {
        var id = ConnectionId.Parse(recorded.Stream);
        return new ConnectionView
        {
            Workspace = id.Workspace,
            Id = id.Value,
            Connector = c.Connector,
            Name = c.Name,
            Status = ConnectionStatus.Connected,
            Account = c.Account,
            Settings = c.Settings,
            Credentials = c.Credentials,
            CredentialVersion = 1,
            Scopes = c.Scopes,
            VaultEntry = c.VaultEntry,
            CreatedAt = recorded.At,
            CreatedBy = EventMetadata.From(recorded).Actor,
            LastConnectedAt = c.Outcome == Outcome.Ok ? recorded.At : null,
            LastTest = new LastTest(c.Outcome, c.Outcome == Outcome.Ok ? "Connected." : "Not tested yet.", recorded.At, 1),
            Version = recorded.Revision
        };
    }

    internal static ConnectionView Change(ConnectionView? was, ConnectionEvent e, RecordedEvent recorded) => e switch
    {
        ConnectionCreated c => Create(c, recorded),
        ConnectionTested t => Tested(was!, t, recorded.At),
        ConnectionReauthRequired r => was! with { StatusReason = r.Reason },
        ConnectionReconnected r => was! with
        {
            StatusReason = null,
            Account = r.Account,
            Settings = r.Settings,
            Credentials = r.Credentials,
            CredentialVersion = r.CredentialVersion,
            Scopes = r.Scopes,
            VaultEntry = r.VaultEntry,
            LastConnectedAt = recorded.At,
            LastTest = new LastTest(Outcome.Ok, "Connected.", recorded.At, r.CredentialVersion),
            FailedChecks = 0
        },
        ConnectionRenamed r => was! with { Name = r.Name },
        ConnectionDeleted => was! with { StatusReason = null },
        ConnectionSecretsDestroyed => was! with { SecretsDestroyed = true },
        // These events appear only in the history.
        ConnectionFenced or ConnectionAbandoned or ConnectionExpiring => was!,
        AuthorizationStarted or AuthorizationCodeReceived or AuthorizationFailed => was!,
        _ => throw new UnreachableException($"{e.GetType().Name} is not in the view")
    };

    private static ConnectionView Tested(ConnectionView was, ConnectionTested t, DateTimeOffset at)
    {
        var now = was with
        {
            LastTest = new LastTest(t.Outcome, t.Message, at, t.CredentialVersion),
            LastConnectedAt = t.Outcome == Outcome.Ok ? at : was.LastConnectedAt,
            Account = t.Account ?? was.Account,
            FailedChecks = t.Outcome == Outcome.Ok ? 0 : was.FailedChecks + 1
        };
        return (Outcome.Reachable(t.Outcome), was.Status) switch
        {
            (true, ConnectionStatus.Unreachable) => now with { StatusReason = null },
            (false, ConnectionStatus.Connected or ConnectionStatus.Unreachable) => now with { StatusReason = t.Message },
            _ => now
        };
    }
}

/// <param name="Outcome"><c>ok</c>, <c>skipped</c> or a failure kind.</param>
public sealed record LastTest(string Outcome, string Message, DateTimeOffset At, int CredentialVersion);
