using Connections.Domain;

namespace Connections.Credentials.Vault;

/// <summary>Keeps secrets under immutable entries. An event of the connection names the entry that is live; the vault does not know.</summary>
public interface IVault
{
    /// <summary>Durable when it returns. The same entry again is left as it is.</summary>
    /// <exception cref="VaultDestroyedException">The connection's key was destroyed.</exception>
    Task Put(string workspace, Guid connection, string entry, Secret secret, CancellationToken ct);

    /// <summary>Null when the vault has no such entry (never put, swept, destroyed).</summary>
    Task<Secret?> Get(string workspace, Guid connection, string entry, CancellationToken ct);

    /// <summary>Removes the connection's wrapped key and entries from the live store at once, and leaves a tombstone that refuses <see cref="Put"/>.</summary>
    Task Destroy(string workspace, Guid connection, CancellationToken ct);

    /// <summary>Entries put before a time, oldest first: candidates for the sweep, which asks the log whether an event names them.</summary>
    /// <param name="after">The last entry of the page before; null for the first. Live entries stay: a sweep has to walk past them.</param>
    Task<IReadOnlyList<VaultEntry>> PutBefore(DateTimeOffset before, VaultEntry? after, int limit, CancellationToken ct);

    /// <summary>Removes one entry that no event names.</summary>
    Task Remove(VaultEntry entry, CancellationToken ct);
}

public sealed record VaultEntry(string Workspace, Guid Connection, string Entry, DateTimeOffset PutAt);

public sealed class VaultDestroyedException(Guid connection)
    : Exception($"The secrets of connection {connection} were destroyed; nothing can be put there any more.");
