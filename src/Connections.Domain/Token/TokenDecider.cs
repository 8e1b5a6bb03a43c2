using System.Diagnostics;
using EventSourcing;

namespace Connections.Domain.Token;

public abstract record TokenCommand;

/// <param name="TokenVersion">The version that the refresh will create: one above the newest.</param>
/// <param name="Again">A person requests it: a grant that the provider rejected may be tried once more.</param>
public sealed record StartRefresh(int CredentialVersion, int TokenVersion, string Entry, bool Again = false) : TokenCommand;

/// <summary>Sent by a host that waited a minute for the owner of <paramref name="Former"/>.</summary>
public sealed record TakeOverRefresh(int CredentialVersion, int TokenVersion, string Former, string Entry) : TokenCommand;

/// <summary>Sent by the owner of the start that named <paramref name="Entry"/>. The same holds for the next two commands.</summary>
public sealed record CompleteRefresh(string Entry, DateTimeOffset ExpiresAt, bool Rotated, IReadOnlyList<string>? Scopes = null)
    : TokenCommand;

public sealed record RefuseRefresh(string Entry, FailureKind Kind, string Message) : TokenCommand;

public sealed record LoseRefresh(string Entry) : TokenCommand;

/// <summary>Closes the stream when no refresh is open.</summary>
public sealed record CloseTokens : TokenCommand;

/// <summary>Token refreshes: their stored names and rules.</summary>
public static class TokenDecider
{
    /// <summary>The reason for a reconnect where the result of a refresh is unknown.</summary>
    public const string Unknown = "rotation-result-unknown";

    // Stored names are permanent: a class may be renamed, its string may not.
    public static readonly EventTypes Names = new EventTypes()
        .Map<TokenRefreshStarted>("token-refresh-started")
        .Map<TokenRefreshed>("token-refreshed")
        .Map<TokenRefreshRefused>("token-refresh-refused")
        .Map<TokenRefreshTakenOver>("token-refresh-taken-over")
        .Map<TokenRefreshUnknown>("token-refresh-unknown")
        .Map<TokenClosed>("token-closed");

    public static readonly Decider<TokenState, TokenCommand, TokenEvent> Decider = new(TokenState.Initial, TokenState.Evolve, Decide);

    public static IReadOnlyList<TokenEvent> Decide(TokenCommand command, TokenState now) => command switch
    {
        StartRefresh c => Decide(c, now),
        TakeOverRefresh c when now.Open is { } open && open.Entry == c.Former && c.Entry != c.Former
            && (open.CredentialVersion, open.TokenVersion) == (c.CredentialVersion, c.TokenVersion) =>
            [new TokenRefreshTakenOver(c.CredentialVersion, c.TokenVersion, c.Entry, c.Former, now.Entry)],
        CompleteRefresh c when now.Open is { } open && open.Entry == c.Entry =>
            [new TokenRefreshed(open.CredentialVersion, open.TokenVersion, c.Entry, c.ExpiresAt, c.Rotated, c.Scopes)],
        RefuseRefresh c when now.Open is { } open && open.Entry == c.Entry =>
            [new TokenRefreshRefused(open.CredentialVersion, open.TokenVersion, c.Kind, c.Message)],
        LoseRefresh c when now.Open is { } open && open.Entry == c.Entry =>
            [new TokenRefreshUnknown(open.CredentialVersion, open.TokenVersion)],
        CloseTokens when now is { Closed: false, Open: null } => [new TokenClosed()],
        TakeOverRefresh or CompleteRefresh or RefuseRefresh or LoseRefresh or CloseTokens => [], // stale or repeated
        _ => throw new UnreachableException($"{command.GetType().Name} is not decided")
    };

    private static IReadOnlyList<TokenEvent> Decide(StartRefresh c, TokenState now)
    {
        if (now.Closed || c.CredentialVersion < now.CredentialVersion) return [];
        var mine = now.In(c.CredentialVersion); // a higher credential version supersedes an open refresh at once
        var over = mine.Over is not null && (mine.Lost || !c.Again);
        return mine.Open is null && !over && c.TokenVersion == mine.TokenVersion + 1
            ? [new TokenRefreshStarted(c.CredentialVersion, c.TokenVersion, c.Entry, mine.Entry)]
            : [];
    }
}
