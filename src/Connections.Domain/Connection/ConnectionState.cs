using System.Diagnostics;

namespace Connections.Domain.Connection;

public enum ConnectionStatus
{
    Absent,
    Authorizing,
    Connected,
    Unreachable,
    ReauthRequired,
    Deleted,
    Abandoned
}

/// <summary>The state that decisions about a connection need.</summary>
public sealed record ConnectionState
{
    public static readonly ConnectionState Initial = new();

    public ConnectionStatus Status { get; private init; } = ConnectionStatus.Absent;

    /// <summary>The creation event. The same id with the same body is a repeated request.</summary>
    public ConnectionCreated? Creation { get; private init; }

    public string Name { get; private init; } = "";

    /// <summary>The live credentials; null before creation.</summary>
    public LiveCredentials? Live { get; private init; }

    public int CredentialVersion => Live?.CredentialVersion ?? 0;

    public Guid LastProbe { get; private init; }

    public string LastOutcome { get; private init; } = "";

    public Guid LastFence { get; private init; }

    public bool SecretsDestroyed { get; private init; }

    /// <summary>The newest sign-in attempt; null when there was none.</summary>
    public SignIn? SignIn { get; private init; }

    /// <summary>The last expiry warning; null when there was none.</summary>
    public ConnectionExpiring? Warned { get; private init; }

    /// <summary>True if people can see and use the connection.</summary>
    public bool Exists => Status is ConnectionStatus.Connected or ConnectionStatus.Unreachable or ConnectionStatus.ReauthRequired;

    public static ConnectionState Evolve(ConnectionState was, ConnectionEvent e) => Change(was, e) with { Status = StatusAfter(was.Status, e) };

    /// <summary>The status after an event. Views and rows that keep only the status use this method too.</summary>
    public static ConnectionStatus StatusAfter(ConnectionStatus was, ConnectionEvent e) => e switch
    {
        ConnectionCreated or ConnectionReconnected => ConnectionStatus.Connected,
        ConnectionTested t => (Outcome.Reachable(t.Outcome), was) switch
        {
            (true, ConnectionStatus.Unreachable) => ConnectionStatus.Connected,
            (false, ConnectionStatus.Connected) => ConnectionStatus.Unreachable,
            _ => was
        },
        ConnectionReauthRequired => ConnectionStatus.ReauthRequired,
        ConnectionAbandoned => ConnectionStatus.Abandoned,
        ConnectionDeleted => ConnectionStatus.Deleted,
        AuthorizationStarted => was == ConnectionStatus.Absent ? ConnectionStatus.Authorizing : was,
        AuthorizationFailed => was == ConnectionStatus.Authorizing ? ConnectionStatus.Absent : was,
        ConnectionRenamed or ConnectionFenced or ConnectionSecretsDestroyed or ConnectionExpiring or AuthorizationCodeReceived => was,
        _ => throw new UnreachableException($"{e.GetType().Name} has no status")
    };

    /// <summary>
    /// Whether a test has accepted the live credentials since they were last reported as rejected. A further rejection of a call then says
    /// nothing of the credentials, unless they fail a test.
    /// </summary>
    /// <param name="status">The status before the event.</param>
    public static bool TestedSinceRejection(bool was, ConnectionStatus status, ConnectionEvent e) => e switch
    {
        ConnectionTested t => was || (status == ConnectionStatus.ReauthRequired && t.Outcome == Outcome.Ok),
        ConnectionReconnected r => was && r.SameGrant,
        ConnectionCreated or ConnectionReauthRequired => false,
        ConnectionRenamed or ConnectionFenced or ConnectionAbandoned or ConnectionExpiring or ConnectionDeleted or ConnectionSecretsDestroyed => was,
        AuthorizationStarted or AuthorizationCodeReceived or AuthorizationFailed => was,
        _ => throw new UnreachableException($"{e.GetType().Name} is not listed here: state whether it tests credentials")
    };

    private static ConnectionState Change(ConnectionState was, ConnectionEvent e) => e switch
    {
        ConnectionCreated c => was with
        {
            Creation = c,
            Name = c.Name,
            LastOutcome = c.Outcome,
            Live = LiveCredentials.From(c),
            SignIn = was.SignIn?.Ended(well: true)
        },
        ConnectionTested t => Tested(was, t),
        ConnectionReconnected r => was with { Live = LiveCredentials.From(r), SignIn = was.SignIn?.Reconnected() },
        ConnectionRenamed r => was with { Name = r.Name },
        ConnectionFenced f => was with { LastFence = f.Fence },
        ConnectionReauthRequired or ConnectionAbandoned or ConnectionDeleted => was,
        ConnectionSecretsDestroyed => was with { SecretsDestroyed = true },
        ConnectionExpiring x => was with { Warned = x },
        AuthorizationStarted a => was with
        {
            Name = was.Exists ? was.Name : a.Name,
            SignIn = new SignIn(a, SignInPhase.Started)
        },
        AuthorizationCodeReceived => was with { SignIn = was.SignIn! with { Phase = SignInPhase.CodeReceived } },
        AuthorizationFailed => was with { Name = was.Exists ? was.Name : "", SignIn = was.SignIn?.Ended(well: false) },
        _ => throw new UnreachableException($"{e.GetType().Name} is not folded")
    };

    private static ConnectionState Tested(ConnectionState was, ConnectionTested t) => was with
    {
        LastProbe = t.Probe,
        LastOutcome = t.Outcome,
        Live = t.Account is null || was.Live is null
            ? was.Live
            : was.Live with { Account = t.Account, Fingerprints = t.Fingerprints ?? was.Live.Fingerprints }
    };
}
