using System.Diagnostics;

namespace Connections.Domain.Token;

/// <summary>A refresh under way.</summary>
/// <param name="Formers">The vault entries that may hold responses to former owners.</param>
public sealed record OpenRefresh(int CredentialVersion, int TokenVersion, string Entry, IReadOnlyList<string> Formers);

/// <summary>The newest tokens of a connection, the open refresh, and whether the grant has ended.</summary>
public sealed record TokenState
{
    public static readonly TokenState Initial = new();

    public int CredentialVersion { get; private init; }

    /// <summary>The version of the newest tokens within the credential version; 0 means those of the sign-in.</summary>
    public int TokenVersion { get; private init; }

    /// <summary>The vault entry of the newest tokens; null for those of the sign-in, whose entry the connection names.</summary>
    public string? Entry { get; private init; }

    public OpenRefresh? Open { get; private init; }

    /// <summary>The reason why the grant of this credential version has ended; null while it is valid.</summary>
    public string? Over { get; private init; }

    /// <summary>True if the grant ended because the result of a refresh is unknown. The old refresh token is never used again.</summary>
    public bool Lost { get; private init; }

    public bool Closed { get; private init; }

    /// <summary>The vault entries in use: that of the newest tokens and those of an open refresh.</summary>
    public IEnumerable<string> Entries => new[] { Entry, Open?.Entry }.OfType<string>().Concat(Open?.Formers ?? []);

    public static TokenState Evolve(TokenState was, TokenEvent e) => e switch
    {
        TokenRefreshStarted s => was.In(s.CredentialVersion) with
        {
            TokenVersion = s.TokenVersion - 1,
            Entry = s.Newest,
            Open = new OpenRefresh(s.CredentialVersion, s.TokenVersion, s.Entry, []),
            Over = null
        },
        TokenRefreshTakenOver t => was.In(t.CredentialVersion) with
        {
            TokenVersion = t.TokenVersion - 1,
            Entry = t.Newest,
            Open = new OpenRefresh(t.CredentialVersion, t.TokenVersion, t.Entry, [.. was.Open?.Formers ?? [], t.Former])
        },
        TokenRefreshed r => was.In(r.CredentialVersion) with { TokenVersion = r.TokenVersion, Entry = r.Entry, Open = null, Over = null },
        TokenRefreshRefused { Kind: FailureKind.ReauthRequired } r => was.In(r.CredentialVersion) with { Open = null, Over = r.Message },
        TokenRefreshRefused r => was.In(r.CredentialVersion) with { Open = null },
        TokenRefreshUnknown u => was.In(u.CredentialVersion) with { Open = null, Over = TokenDecider.Unknown, Lost = true },
        TokenClosed => was with { Closed = true, Open = null },
        _ => throw new UnreachableException($"{e.GetType().Name} is not folded")
    };

    /// <summary>The state for these credentials; empty for a sign-in whose tokens were never refreshed.</summary>
    public TokenState In(int credentialVersion) =>
        credentialVersion == CredentialVersion ? this : new TokenState { CredentialVersion = credentialVersion, Closed = Closed };
}
