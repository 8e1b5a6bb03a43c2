using System.Diagnostics;
using Connections.Credentials.Tokens;
using Connections.Credentials.Vault;
using Connections.Domain;
using Connections.Domain.Connection;
using Connections.Domain.Token;
using EventSourcing;
using EventSourcing.Sql.Loops;

namespace Connections.Worker.Reactors;

/// <summary>Destroys the credentials of deleted connections; where a refresh was under way, as soon as that has ended.</summary>
public sealed class DestroySecrets(SecretsDestruction secrets) : IReactor
{
    public string Name => "destroy-secrets";

    public IReadOnlyList<string> Prefixes { get; } = [ConnectionDecider.Category, TokenDecider.Category];

    public async Task React(IReadOnlyList<RecordedEvent> events, CancellationToken ct)
    {
        foreach (var recorded in events)
        {
            var name = ReadModels.StreamName.Parse(recorded.Stream);
            var due = recorded.Stream.StartsWith(TokenDecider.Category, StringComparison.Ordinal)
                ? secrets.Waits(name.Workspace, name.Id) && MayEndARefresh((TokenEvent)TokenDecider.Names.Read(recorded))
                : ConnectionDecider.Names.Read(recorded) is ConnectionDeleted;
            if (!due) continue;
            using var hop = Reaction.Begin(Name, recorded);
            await secrets.Destroy(name.Workspace, name.Id, EventMetadata.Following(recorded, Name), ct);
        }
    }

    internal static bool MayEndARefresh(TokenEvent e) => e switch
    {
        TokenRefreshStarted => false,
        TokenRefreshed or TokenRefreshRefused or TokenRefreshUnknown or TokenRefreshTakenOver or TokenClosed => true,
        _ => throw new UnreachableException($"Nothing says whether {e.GetType().Name} ends a refresh")
    };
}

/// <summary>First its tokens are closed and the grant revoked, then the vault, then the event that says so.</summary>
public sealed class SecretsDestruction(IVault vault, ConnectionStreams connections, TokenClosing tokens)
{
    public bool Waits(string workspace, Guid connection) => tokens.Waits(workspace, connection);

    public async Task Destroy(string workspace, Guid connection, EventMetadata metadata, CancellationToken ct)
    {
        var stream = ConnectionDecider.Stream(workspace, connection);
        // rows may lag, or be of a log that was since restored from an older backup
        var now = (await connections.Load(stream, ct)).State;
        if (now.Status != ConnectionStatus.Deleted) return;
        if (await Revoked(workspace, connection, now, metadata, ct) is not { } revoked) return; // found again when the refresh has ended
        await vault.Destroy(workspace, connection, ct);
        await connections.Handle(stream, new RecordSecretsDestroyed(revoked), metadata, ct);
    }

    private async Task<string?> Revoked(string workspace, Guid connection, ConnectionState now, EventMetadata metadata, CancellationToken ct)
    {
        if (now.Live?.Scopes is null) return "notSupported"; // nobody signed in
        var of = new GrantReference(workspace, connection, now.Creation!.Connector, now.CredentialVersion, now.Live.VaultEntry);
        return await tokens.Close(of, metadata, ct);
    }
}
