using Connections.Domain;

namespace Connections.Credentials.Vault;

/// <summary>
/// Stores secrets under immutable entries. An event of the connection names the live entry; the vault does not know which one is live.
/// </summary>
public interface IVault
{
    /// <summary>Durable on return. An existing entry is not changed.</summary>
    /// <exception cref="VaultDestroyedException">The connection's key was destroyed.</exception>
    Task Put(ConnectionId connection, string entry, Secret secret, CancellationToken ct);

    /// <summary>
    /// Null if the vault has no such entry (never stored, swept or destroyed), or if the entry does not open because the stored data was
    /// changed. That is logged as an error; the secret must be given again in both cases.
    /// </summary>
    Task<Secret?> Get(ConnectionId connection, string entry, CancellationToken ct);

    /// <summary>
    /// Removes the connection's wrapped key and entries from the live store at once, and leaves a tombstone that rejects every later <see
    /// cref="Put"/>.
    /// </summary>
    Task Destroy(ConnectionId connection, CancellationToken ct);

    /// <summary>
    /// Entries stored before a time, oldest first: candidates for the sweep, which checks the log for events that name them.
    /// </summary>
    /// <param name="after">The last entry of the previous page; null for the first page. Live entries stay, so a sweep has to page past
    /// them.</param>
    Task<IReadOnlyList<VaultEntry>> PutBefore(DateTimeOffset before, VaultEntry? after, int limit, CancellationToken ct);

    /// <summary>Removes one entry that no event names.</summary>
    Task Remove(VaultEntry entry, CancellationToken ct);

    /// <summary>Removes one entry that is not needed any more.</summary>
    Task Remove(ConnectionId connection, string entry, CancellationToken ct);
}

public sealed record VaultEntry(ConnectionId Connection, string Entry, DateTimeOffset PutAt);

public sealed class VaultDestroyedException(Guid connection)
    : Exception($"The secrets of connection {connection} were destroyed. No further secret can be stored for it.");
