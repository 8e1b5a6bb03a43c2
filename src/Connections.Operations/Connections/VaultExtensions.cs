using Connections.Credentials.Vault;
using Connections.Domain;
using EventSourcing;

namespace Connections.Operations.Connections;

internal static class VaultExtensions
{
    /// <summary>Stores the secret in the vault.</summary>
    /// <exception cref="RejectedException"><c>connection.deleted</c>: deleted meanwhile. Only a deletion destroys secrets.</exception>
    public static async Task Store(this IVault vault, ConnectionId connection, string entry, Secret secret, CancellationToken ct)
    {
        try
        {
            await vault.Put(connection, entry, secret, ct);
        }
        catch (VaultDestroyedException)
        {
            throw new RejectedException("connection.deleted", "The connection was deleted.");
        }
    }
}
