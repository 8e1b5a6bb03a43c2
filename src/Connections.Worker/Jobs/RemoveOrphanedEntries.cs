using System.Diagnostics;
using Connections.Credentials.Vault;
using Connections.Domain;
using Connections.Domain.Activity;
using Connections.Domain.Connection;
using Connections.Domain.Token;
using Connections.ReadModels.Retention;
using EventSourcing;
using Quartz;
using ActivityEvent = Connections.Domain.Activity.ActivityEvent;

namespace Connections.Worker.Jobs;

/// <summary>
/// Removes vault entries that no event names, left by creates and reconnects that did not finish. The event that names an entry is appended
/// directly after the entry is stored, without a call to a provider in between, so an hour is a thousand times the time needed. If an event
/// is appended even later, its entry is missing, and the connection needs a reconnect. Of refreshed tokens, the newest entries and those of
/// a refresh in progress are kept, and of the stages of an activity the last one until the activity ends. Nothing is removed while the clock
/// is far ahead of what the service knows.
/// </summary>
[DisallowConcurrentExecution]
public sealed class RemoveOrphanedEntries(IVault vault, IEventLog log, ClockGuard guard, ILogger<RemoveOrphanedEntries> logger) : IJob
{
    private const int Page = 500;

    private static readonly TimeSpan GracePeriod = TimeSpan.FromHours(1);

    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken) => await Sweep(cancellationToken);

    public async Task Sweep(CancellationToken ct)
    {
        if (await guard.Now(ct) is not { } now) return;
        var before = now - GracePeriod;
        var removed = 0;
        VaultEntry? last = null;
        do
        {
            var page = await vault.PutBefore(before, last, Page, ct);
            foreach (var entries in page.GroupBy(e => e.Connection))
            {
                var named = await Named(entries.Key, ct);
                foreach (var entry in entries.Where(e => !named.Contains(e.Entry)))
                {
                    if (await IsStage(entry, ct)) continue;
                    await vault.Remove(entry, ct);
                    removed++;
                }
            }

            last = page.Count == Page ? page[^1] : null;
        }
        while (last is not null);

        if (removed > 0) logger.LogInformation("Removed {Count} vault entries that no event names", removed);
    }

    private async Task<HashSet<string>> Named(ConnectionId connection, CancellationToken ct)
    {
        var slice = await log.Read(connection.Stream, ct);
        var tokens = (await log.Read(connection.Token.Stream, ct)).Events
            .Select(e => (TokenEvent)TokenDecider.Names.Read(e)).Aggregate(TokenState.Initial, TokenState.Evolve);
        return [.. slice.Events.Select(e => NamedBy((ConnectionEvent)ConnectionDecider.Names.Read(e))).OfType<string>(), .. tokens.Entries];
    }

    private async Task<bool> IsStage(VaultEntry entry, CancellationToken ct)
    {
        if (StageEntry.Activity(entry.Entry) is not { } id) return false;
        var state = (await log.Read(new ActivityId(entry.Connection.Workspace, id).Stream, ct)).Events
            .Select(e => (ActivityEvent)ActivityDecider.Names.Read(e)).Aggregate(ActivityState.Initial, ActivityState.Evolve);
        return !state.Ended && state.Stage?.Entry == entry.Entry;
    }

    internal static string? NamedBy(ConnectionEvent e) => e switch
    {
        ConnectionCreated created => created.VaultEntry,
        ConnectionReconnected reconnected => reconnected.VaultEntry,
        ConnectionTested or ConnectionReauthRequired or ConnectionRenamed or ConnectionExpiring => null,
        ConnectionFenced or ConnectionAbandoned or ConnectionDeleted or ConnectionSecretsDestroyed => null,
        AuthorizationStarted or AuthorizationCodeReceived or AuthorizationFailed => null,
        _ => throw new UnreachableException($"{e.GetType().Name} is not listed here: state whether it names an entry")
    };
}
