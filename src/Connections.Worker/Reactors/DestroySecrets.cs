using Connections.Credentials;
using Connections.Domain;
using EventSourcing;
using EventSourcing.Sql;

namespace Connections.Worker;

/// <summary>Destroys the credentials of deleted connections. No connector of this version has a grant to revoke.</summary>
public sealed class DestroySecrets(IVault vault, ConnectionStreams connections) : IReactor
{
    public string Name => "destroy-secrets";

    public IReadOnlyList<string> Prefixes { get; } = [ConnectionDecider.Category];

    public async Task React(IReadOnlyList<RecordedEvent> events, CancellationToken ct)
    {
        foreach (var recorded in events)
        {
            if (ConnectionDecider.Names.Read(recorded) is not ConnectionDeleted) continue;
            var name = ReadModels.StreamName.Of(recorded.Stream);
            await vault.Destroy(name.Workspace, name.Id, ct);
            await connections.Handle(
                recorded.Stream, new RecordSecretsDestroyed("notSupported"), EventMetadata.Following(recorded, Name), ct);
        }
    }
}
