using System.Diagnostics;
using Connections.Credentials.Vault;
using Connections.Domain.Connection;
using Connections.Domain.Token;
using EventSourcing;
using Quartz;

namespace Connections.Worker.Jobs;

/// <summary>
/// Removes the vault's entries that no event names: of creates and reconnects that did not come to their end. Whoever puts an entry appends
/// the event that names it right behind; between the two lies one append and no call to a provider, so an hour is a thousand times what it
/// takes. One that came later all the same would name an entry that is gone: the connection then asks for a reconnect, and nothing worse
/// happens. Of refreshed tokens the newest are kept, and those of a refresh under way.
/// </summary>
[DisallowConcurrentExecution]
public sealed class RemoveOrphanedEntries(IVault vault, IEventLog log, TimeProvider clock, ILogger<RemoveOrphanedEntries> logger) : IJob
{
    private const int Page = 500;

    private static readonly TimeSpan Grace = TimeSpan.FromHours(1);

    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken) => await Sweep(cancellationToken);

    public async Task Sweep(CancellationToken ct)
    {
        var before = clock.GetUtcNow() - Grace;
        var removed = 0;
        VaultEntry? last = null;
        do
        {
            var page = await vault.PutBefore(before, last, Page, ct);
            foreach (var ofOne in page.GroupBy(e => (e.Workspace, e.Connection)))
            {
                var named = await Named(ofOne.Key.Workspace, ofOne.Key.Connection, ct);
                foreach (var orphan in ofOne.Where(e => !named.Contains(e.Entry)))
                {
                    await vault.Remove(orphan, ct);
                    removed++;
                }
            }

            last = page.Count == Page ? page[^1] : null;
        }
        while (last is not null);

        if (removed > 0) logger.LogInformation("{Count} entries of the vault that no event names were removed", removed);
    }

    private async Task<HashSet<string>> Named(string workspace, Guid connection, CancellationToken ct)
    {
        var slice = await log.Read(ConnectionDecider.Stream(workspace, connection), ct);
        var tokens = (await log.Read(TokenDecider.Stream(workspace, connection), ct)).Events
            .Select(e => (TokenEvent)TokenDecider.Names.Read(e)).Aggregate(TokenState.Initial, TokenState.Evolve);
        return [.. slice.Events.Select(e => NamedBy((ConnectionEvent)ConnectionDecider.Names.Read(e))).OfType<string>(), .. tokens.Entries];
    }

    internal static string? NamedBy(ConnectionEvent e) => e switch
    {
        ConnectionCreated created => created.VaultEntry,
        ConnectionReconnected reconnected => reconnected.VaultEntry,
        ConnectionTested or ConnectionReauthRequired or ConnectionRenamed or ConnectionExpiring => null,
        ConnectionFenced or ConnectionAbandoned or ConnectionDeleted or ConnectionSecretsDestroyed => null,
        AuthorizationStarted or AuthorizationCodeReceived or AuthorizationFailed => null,
        _ => throw new UnreachableException($"Nothing says whether {e.GetType().Name} names an entry")
    };
}
