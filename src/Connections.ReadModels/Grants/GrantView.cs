using System.Diagnostics;
using Connections.Domain;
using Connections.Domain.Connection;
using Connections.Domain.Token;
using EventSourcing;

namespace Connections.ReadModels.Grants;

/// <summary>
/// The limited lifetime of a connection's credentials: the sign-in and its last use, or the date by which typed credentials should be
/// changed. One fold over the events of the connection and of its tokens.
/// </summary>
public sealed record GrantView
{
    public required string Workspace { get; init; }

    public required Guid Id { get; init; }

    /// <summary>The connector that was signed in to; null where credentials were typed.</summary>
    public string? Connector { get; init; }

    /// <summary>The date by which typed credentials should be changed.</summary>
    public DateTimeOffset? RotateBy { get; init; }

    /// <summary>The end of a sign-in that cannot be renewed; null otherwise.</summary>
    public DateTimeOffset? EndsAt { get; init; }

    public required int CredentialVersion { get; init; }

    /// <summary>The version of the newest tokens; 0 means those of the sign-in.</summary>
    public int TokenVersion { get; init; }

    /// <summary>False while a reconnect is required, and after a deletion.</summary>
    public bool Alive { get; init; } = true;

    /// <summary>The time of the sign-in, or at which the credentials were typed.</summary>
    public required DateTimeOffset SignedInAt { get; init; }

    /// <summary>The time at which the provider last issued tokens.</summary>
    public required DateTimeOffset RenewedAt { get; init; }

    public required string VaultEntry { get; init; }

    /// <summary>The last warning; null if there was none.</summary>
    public ConnectionExpiring? Warned { get; init; }

    /// <summary>The revision of the last event of the token stream; -1 before the first.</summary>
    public long TokenRevision { get; init; } = Revision.NoStream;

    /// <summary>Null for credentials without a known end.</summary>
    public static GrantView? Evolve(GrantView? was, RecordedEvent recorded)
    {
        if (!TokenId.IsStream(recorded.Stream))
            return EvolveConnection(was, (ConnectionEvent)ConnectionDecider.Names.Read(recorded), recorded);
        return was is null ? null : OfTokens(was, (TokenEvent)TokenDecider.Names.Read(recorded), recorded);
    }

    public static GrantView? Fold(IEnumerable<RecordedEvent> connection, IEnumerable<RecordedEvent> tokens) =>
        connection.Concat(tokens).OrderBy(e => e.Position).Aggregate((GrantView?)null, Evolve);

    /// <summary>The expected end; null if the grant has ended already.</summary>
    public Forecast? Forecast(IGrantLifetimes lifetimes) => (Alive, Connector) switch
    {
        (false, _) => null,
        (_, not null) when EndsAt is { } end => new Forecast(end, "token", SignedInAt),
        (_, { } signedIn) => lifetimes.For(signedIn).Forecast(SignedInAt, RenewedAt),
        _ => RotateBy is { } by ? new Forecast(by, "rotateBy", SignedInAt) : null
    };

    internal static GrantView OfTokens(GrantView was, TokenEvent e, RecordedEvent recorded) => e switch
    {
        TokenRefreshed r when r.CredentialVersion == was.CredentialVersion =>
            was with { TokenVersion = r.TokenVersion, RenewedAt = recorded.At, TokenRevision = recorded.Revision },
        TokenRefreshed or TokenRefreshStarted or TokenRefreshRefused or TokenRefreshTakenOver or TokenRefreshUnknown or TokenClosed =>
            was with { TokenRevision = recorded.Revision },
        _ => throw new UnreachableException($"{e.GetType().Name} is not in the view")
    };

    internal static GrantView? EvolveConnection(GrantView? was, ConnectionEvent e, RecordedEvent recorded) => (was, e) switch
    {
        (_, ConnectionCreated c) when (c.Scopes, c.RotateBy) is not (null, null) =>
            Begin(recorded, c.VaultEntry) with { Connector = c.Scopes is null ? null : c.Connector, RotateBy = c.RotateBy, EndsAt = c.EndsAt },
        // Older events lack the SameGrant flag, but name the same vault entry.
        ({ } same, ConnectionReconnected r) when r.SameGrant || r.VaultEntry == same.VaultEntry =>
            same with { CredentialVersion = r.CredentialVersion, TokenVersion = 0, VaultEntry = r.VaultEntry, Alive = true },
        (_, ConnectionReconnected r) when was is not null || r.RotateBy is not null => (was ?? Begin(recorded, r.VaultEntry)) with
        {
            CredentialVersion = r.CredentialVersion,
            TokenVersion = 0,
            VaultEntry = r.VaultEntry,
            RotateBy = r.RotateBy,
            EndsAt = r.EndsAt,
            SignedInAt = recorded.At,
            RenewedAt = recorded.At,
            Alive = true
        },
        (null, _) => null,
        (_, ConnectionReauthRequired or ConnectionDeleted) => was with { Alive = false },
        (_, ConnectionExpiring x) => was with { Warned = x },
        (_, ConnectionCreated or ConnectionReconnected or ConnectionTested or ConnectionRenamed) => was,
        (_, ConnectionFenced or ConnectionAbandoned or ConnectionSecretsDestroyed) => was,
        (_, AuthorizationStarted or AuthorizationCodeReceived or AuthorizationFailed) => was,
        _ => throw new UnreachableException($"{e.GetType().Name} is not in the view")
    };

    private static GrantView Begin(RecordedEvent recorded, string vaultEntry)
    {
        var id = ConnectionId.Parse(recorded.Stream);
        return new GrantView
        {
            Workspace = id.Workspace,
            Id = id.Value,
            CredentialVersion = 1,
            VaultEntry = vaultEntry,
            SignedInAt = recorded.At,
            RenewedAt = recorded.At
        };
    }
}
