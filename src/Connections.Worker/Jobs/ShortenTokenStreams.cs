using Connections.Domain;
using Connections.ReadModels.Grants;
using EventSourcing;
using EventSourcing.Sql.Loops;
using Quartz;

namespace Connections.Worker.Jobs;

/// <summary>Truncates each token stream to its last hundred events, once every reader of the log has passed the others.</summary>
[DisallowConcurrentExecution]
public sealed class ShortenTokenStreams(GrantQueries grants, SlowestReader slowest, IEventLog log) : IJob
{
    public const int Kept = 100;

    private const int Page = 500;

    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken) => await Shorten(cancellationToken);

    public async Task Shorten(CancellationToken ct)
    {
        var (_, position) = await slowest.Find(ct);
        ConnectionId? last = null;
        do
        {
            var page = await grants.WithManyEvents(last, Page, ct);
            foreach (var grant in page) await Shorten(new TokenId(grant.Workspace, grant.Id), position, ct);
            last = page.Count == Page ? new ConnectionId(page[^1].Workspace, page[^1].Id) : null;
        }
        while (last is not null);
    }

    private async Task Shorten(TokenId id, long position, CancellationToken ct)
    {
        var events = (await log.Read(id.Stream, ct)).Events;
        if (events.Count > Kept && events[^(Kept + 1)].Position <= position) await log.KeepLast(id.Stream, Kept, ct);
    }
}
