using Connections.Credentials;
using Connections.Domain;
using EventSourcing;
using EventSourcing.Sql;

namespace Connections.Worker;

/// <summary>Destroys the credentials of deleted connections.</summary>
public sealed class DestroySecrets(SecretsDestruction secrets) : IReactor
{
    public string Name => "destroy-secrets";

    public IReadOnlyList<string> Prefixes { get; } = [ConnectionDecider.Category];

    public async Task React(IReadOnlyList<RecordedEvent> events, CancellationToken ct)
    {
        foreach (var recorded in events)
        {
            if (ConnectionDecider.Names.Read(recorded) is not ConnectionDeleted) continue;
            var name = ReadModels.StreamName.Of(recorded.Stream);
            await secrets.Destroy(name.Workspace, name.Id, EventMetadata.Following(recorded, Name), ct);
        }
    }
}

/// <summary>First the vault, then the event that says so. No connector of this version has a grant to revoke.</summary>
public sealed class SecretsDestruction(IVault vault, ConnectionStreams connections)
{
    public async Task Destroy(string workspace, Guid connection, EventMetadata metadata, CancellationToken ct)
    {
        var stream = ConnectionDecider.Stream(workspace, connection);
        // rows may lag, or be of a log that was since restored from an older backup
        if ((await connections.Load(stream, ct)).State.Status != ConnectionStatus.Deleted) return;
        await vault.Destroy(workspace, connection, ct);
        await connections.Handle(stream, new RecordSecretsDestroyed("notSupported"), metadata, ct);
    }
}
