using System.Diagnostics;
using Connections.Domain;
using Connections.Domain.Connection;
using Connections.Domain.Token;
using EventSourcing;
using EventSourcing.Sql.Loops;

namespace Connections.Worker.Reactors;

/// <summary>
/// Marks a connection for reauthentication when the provider rejected a token refresh, or when the outcome of a refresh is unknown.
/// </summary>
public sealed class MarkDeadGrants(ConnectionStreams connections) : IReactor
{
    public string Name => "mark-dead-grants";

    public IReadOnlyList<string> Prefixes { get; } = [TokenId.Category];

    public async Task React(IReadOnlyList<RecordedEvent> events, CancellationToken ct)
    {
        foreach (var recorded in events)
        {
            if (Over((TokenEvent)TokenDecider.Names.Read(recorded)) is not { } over) continue;
            using var hop = Reaction.Begin(Name, recorded);
            await connections.Handle(
                TokenId.Parse(recorded.Stream).Connection, over, EventMetadata.Following(recorded, Name), ct);
        }
    }

    internal static RequireReauth? Over(TokenEvent e) => e switch
    {
        TokenRefreshRefused { Kind: FailureKind.ReauthRequired } r => new RequireReauth(r.Message, r.CredentialVersion),
        TokenRefreshUnknown u => new RequireReauth(TokenDecider.Unknown, u.CredentialVersion),
        TokenRefreshRefused or TokenRefreshStarted or TokenRefreshed or TokenRefreshTakenOver or TokenClosed => null,
        _ => throw new UnreachableException($"{e.GetType().Name} is not listed here: state whether it ends a grant")
    };
}
