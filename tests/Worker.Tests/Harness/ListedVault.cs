using Connections.Credentials.Sealing;
using Connections.Credentials.Vault;
using Connections.Domain;

namespace Worker.Tests.Harness;

/// <summary>A vault that lists its entries, and fails to destroy those that a test chooses.</summary>
internal sealed class ListedVault(TimeProvider clock) : IVault
{
    private readonly List<VaultEntry> entries = [];
    private readonly Dictionary<(ConnectionId Connection, string Entry), Secret> secrets = [];

    public IEnumerable<string> Entries => entries.Select(e => e.Entry);

    public List<Guid> Destroyed { get; } = [];

    public HashSet<Guid> Refuses { get; } = [];

    public Task Put(ConnectionId connection, string entry, Secret secret, CancellationToken ct)
    {
        entries.Add(new VaultEntry(connection, entry, clock.GetUtcNow()));
        secrets[(connection, entry)] = secret;
        return Task.CompletedTask;
    }

    public Task<Secret?> Get(ConnectionId connection, string entry, CancellationToken ct) =>
        Task.FromResult<Secret?>(secrets.GetValueOrDefault((connection, entry), Secret.None));

    public Task Destroy(ConnectionId connection, CancellationToken ct)
    {
        if (Refuses.Contains(connection.Value)) throw new TimeoutException();
        Destroyed.Add(connection.Value);
        entries.RemoveAll(e => e.Connection == connection);
        return Task.CompletedTask;
    }

    public Task<IReadOnlyList<VaultEntry>> PutBefore(DateTimeOffset before, VaultEntry? after, int limit, CancellationToken ct) =>
        Task.FromResult<IReadOnlyList<VaultEntry>>([.. entries
            .Where(e => e.PutAt < before)
            .OrderBy(Key)
            .Where(e => after is null || Key(e).CompareTo(Key(after)) > 0)
            .Take(limit)]);

    public Task Remove(VaultEntry entry, CancellationToken ct)
    {
        entries.Remove(entry);
        return Task.CompletedTask;
    }

    public Task Remove(ConnectionId connection, string entry, CancellationToken ct)
    {
        entries.RemoveAll(e => e.Connection == connection && e.Entry == entry);
        return Task.CompletedTask;
    }

    private static (DateTimeOffset, string, string) Key(VaultEntry e) => (e.PutAt, e.Connection.ToString(), e.Entry);
}

/// <summary>Seals that change nothing, and record up to when months were destroyed.</summary>
internal sealed class NotedSeals : ISeals
{
    public DateTimeOffset? DestroyedBefore { get; private set; }

    public Task<string> Seal(string workspace, string subject, ReadOnlyMemory<byte> clear, CancellationToken ct) =>
        throw new NotSupportedException();

    public Task<byte[]?> Open(string workspace, string subject, string sealedText, CancellationToken ct) => throw new NotSupportedException();

    public Task DestroyMonthsBefore(DateTimeOffset before, CancellationToken ct)
    {
        DestroyedBefore = before;
        return Task.CompletedTask;
    }
}
