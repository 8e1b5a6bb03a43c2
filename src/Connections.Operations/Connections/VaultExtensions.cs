using System.Text.Json;
using Connections.Credentials.Vault;
using Connections.Domain;
using EventSourcing;

namespace Connections.Operations.Connections;

internal static class VaultExtensions
{
    /// <summary>Stores tokens in the vault.</summary>
    /// <exception cref="RejectedException"><c>connection.deleted</c>: deleted meanwhile. Only a deletion destroys secrets.</exception>
    public static Task Store(this IVault vault, ConnectionId connection, string entry, Secret secret, CancellationToken ct) =>
        OrDeleted(() => vault.Put(connection, entry, secret, ct));

    /// <summary>Stores typed credentials in the vault, bound to the settings they were typed for.</summary>
    /// <exception cref="RejectedException"><c>connection.deleted</c>, as for tokens.</exception>
    public static Task StoreBound(
        this IVault vault, ConnectionId connection, string entry, Secret credentials, string connector, JsonElement settings, CancellationToken ct) =>
        OrDeleted(() => vault.PutBound(connection, entry, credentials, connector, settings, ct));

    private static async Task OrDeleted(Func<Task> store)
    {
        try
        {
            await store();
        }
        catch (VaultDestroyedException)
        {
            throw new RejectedException("connection.deleted", "The connection was deleted.");
        }
    }
}
