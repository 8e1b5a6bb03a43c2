using Connections.Domain;
using EventSourcing;

namespace Connections.ReadModels;

/// <summary>The sign-in behind a connection, and when it was last used. One fold over the connection's events and its tokens'.</summary>
public sealed record GrantView
{
    public required string Workspace { get; init; }

    public required Guid Id { get; init; }

    public required string Connector { get; init; }

    public required int CredentialVersion { get; init; }

    /// <summary>Of the newest tokens; 0 are those of the sign-in.</summary>
    public int TokenVersion { get; init; }

    /// <summary>False while somebody has to sign in anew, and for ever once it was deleted.</summary>
    public bool Alive { get; init; } = true;

    public required DateTimeOffset SignedInAt { get; init; }

    /// <summary>When the provider last gave tokens.</summary>
    public required DateTimeOffset RenewedAt { get; init; }

    public required string VaultEntry { get; init; }

    /// <summary>What people were last warned of; null when nobody was.</summary>
    public ConnectionExpiring? Warned { get; init; }

    /// <summary>Of the last event of its tokens; -1 before the first.</summary>
    public long TokenRevision { get; init; } = Revision.NoStream;

    /// <summary>Null where nobody signed in.</summary>
    public static GrantView? Evolve(GrantView? was, RecordedEvent recorded)
    {
        if (!recorded.Stream.StartsWith(TokenDecider.Category, StringComparison.Ordinal))
            return OfConnection(was, (ConnectionEvent)ConnectionDecider.Names.Read(recorded), recorded);
        var now = was is not null && TokenDecider.Names.Read(recorded) is TokenRefreshed r && r.CredentialVersion == was.CredentialVersion
            ? was with { TokenVersion = r.TokenVersion, RenewedAt = recorded.At }
            : was;
        return now is null ? null : now with { TokenRevision = recorded.Revision };
    }

    public static GrantView? Fold(IEnumerable<RecordedEvent> connection, IEnumerable<RecordedEvent> tokens) =>
        connection.Concat(tokens).OrderBy(e => e.Position).Aggregate((GrantView?)null, Evolve);

    /// <summary>When it is expected to end; null for one that has ended.</summary>
    public Forecast? Forecast(IGrantLives lives) => Alive ? lives.Of(Connector).Forecast(SignedInAt, RenewedAt) : null;

    private static GrantView? OfConnection(GrantView? was, ConnectionEvent e, RecordedEvent recorded) => (was, e) switch
    {
        (_, ConnectionCreated { Scopes: not null } c) => Begin(c, recorded),
        (null, _) => null,
        (_, ConnectionReconnected r) when r.VaultEntry == was.VaultEntry =>
            was with { CredentialVersion = r.CredentialVersion, TokenVersion = 0, Alive = true },
        (_, ConnectionReconnected r) => was with
        {
            CredentialVersion = r.CredentialVersion,
            TokenVersion = 0,
            VaultEntry = r.VaultEntry,
            SignedInAt = recorded.At,
            RenewedAt = recorded.At,
            Alive = true
        },
        (_, ConnectionReauthRequired or ConnectionDeleted) => was with { Alive = false },
        (_, ConnectionExpiring x) => was with { Warned = x },
        _ => was
    };

    private static GrantView Begin(ConnectionCreated created, RecordedEvent recorded)
    {
        var name = StreamName.Of(recorded.Stream);
        return new GrantView
        {
            Workspace = name.Workspace,
            Id = name.Id,
            Connector = created.Connector,
            CredentialVersion = 1,
            VaultEntry = created.VaultEntry,
            SignedInAt = recorded.At,
            RenewedAt = recorded.At
        };
    }
}
