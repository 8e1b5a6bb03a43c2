using System.Diagnostics;
using Connections.Credentials.Tokens;
using Connections.Credentials.Vault;
using Connections.Domain;
using Connections.Domain.Connection;
using Connections.Domain.Token;
using EventSourcing;
using EventSourcing.Sql.Loops;

namespace Connections.Worker.Reactors;

/// <summary>Destroys the credentials of deleted connections. When a token refresh is in progress, the reactor waits for its end.</summary>
public sealed class DestroySecrets(SecretsDestruction secrets) : IReactor
{
    public string Name => "destroy-secrets";

    public IReadOnlyList<string> Prefixes { get; } = [ConnectionId.Category, TokenId.Category];

    public async Task React(IReadOnlyList<RecordedEvent> events, CancellationToken ct)
    {
        foreach (var recorded in events)
        {
            var ofTokens = TokenId.IsStream(recorded.Stream);
            var connection = ofTokens ? TokenId.Parse(recorded.Stream).Connection : ConnectionId.Parse(recorded.Stream);
            var due = ofTokens
                ? secrets.Waits(connection) && MayEndARefresh((TokenEvent)TokenDecider.Names.Read(recorded))
                : Deletes((ConnectionEvent)ConnectionDecider.Names.Read(recorded));
            if (!due) continue;
            using var hop = Reaction.Begin(Name, recorded);
            await secrets.Destroy(connection, EventMetadata.Following(recorded, Name), ct);
        }
    }

    internal static bool Deletes(ConnectionEvent e) => e switch
    {
        ConnectionDeleted => true,
        ConnectionCreated or ConnectionTested or ConnectionReauthRequired or ConnectionReconnected or ConnectionRenamed or ConnectionExpiring => false,
        ConnectionSecretsDestroyed or ConnectionAbandoned or ConnectionFenced => false,
        AuthorizationStarted or AuthorizationCodeReceived or AuthorizationFailed => false,
        _ => throw new UnreachableException($"{e.GetType().Name} is not listed here: state whether it deletes a connection")
    };

    internal static bool MayEndARefresh(TokenEvent e) => e switch
    {
        TokenRefreshStarted => false,
        TokenRefreshed or TokenRefreshRefused or TokenRefreshUnknown or TokenRefreshTakenOver or TokenClosed => true,
        _ => throw new UnreachableException($"{e.GetType().Name} is not listed here: state whether it ends a refresh")
    };
}

/// <summary>Closes the tokens and revokes the grant of a connection, then destroys its vault entries, then appends the event.</summary>
public sealed class SecretsDestruction(IVault vault, ConnectionStreams connections, TokenClosing tokens)
{
    public bool Waits(ConnectionId connection) => tokens.Waits(connection);

    public async Task Destroy(ConnectionId connection, EventMetadata metadata, CancellationToken ct)
    {
        // Read the stream: the read model may lag, or come from a log that was restored from an older backup since.
        var state = (await connections.Load(connection, ct)).State;
        if (state.Status != ConnectionStatus.Deleted) return;
        if (await Revoke(connection, state, metadata, ct) is not { } revoked) return; // retried when the refresh has ended
        await vault.Destroy(connection, ct);
        await connections.Handle(connection, new RecordSecretsDestroyed(revoked), metadata, ct);
    }

    private async Task<string?> Revoke(ConnectionId connection, ConnectionState state, EventMetadata metadata, CancellationToken ct)
    {
        if (state.Live?.Scopes is null) return "notSupported"; // the connection has no sign-in
        var grant = new GrantReference(connection, state.Creation!.Connector, state.CredentialVersion, state.Live.VaultEntry);
        return await tokens.Close(grant, metadata, ct);
    }
}
