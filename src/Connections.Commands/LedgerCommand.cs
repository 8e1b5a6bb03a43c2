using System.CommandLine;
using System.Globalization;
using Connections.Hosting.RabbitMq;
using Connections.ReadModels.Ledger;
using EventSourcing;
using Microsoft.Extensions.DependencyInjection;

namespace Connections.Commands;

/// <summary>Reports whether every accepted activity ends: totals, open activities by reason and age, and queue depths.</summary>
internal sealed class LedgerCommand()
    : OperatorCommand("ledger", "Reports how many activities were accepted and ended, the open ones by reason and age, and the queue depths")
{
    public override async Task Run(IServiceProvider services, ParseResult line, CancellationToken ct)
    {
        await MigrateCommand.MigrateEmbedded(services, ct);
        await Totals(services, ct);
        await Open(services, ct);
        if (services.GetService<ErrorQueues>() is { } queues) await Queues(queues, ct);
    }

    private static async Task Totals(IServiceProvider services, CancellationToken ct)
    {
        var (workspaces, position) = await services.GetRequiredService<LedgerQueries>().All(ct);
        foreach (var (workspace, totals) in workspaces)
        {
            var ended = totals.Ended.Where(e => e.Value != 0).OrderBy(e => e.Key, StringComparer.Ordinal).Select(e => $"{e.Key} {e.Value}");
            Console.WriteLine(
                $"workspace {workspace}: accepted {totals.Accepted}, ended {totals.Ended.Values.Sum()} ({string.Join(", ", ended)}), open {totals.Open}");
        }

        var all = (Accepted: workspaces.Values.Sum(t => t.Accepted), Open: workspaces.Values.Sum(t => t.Open));
        var head = await services.GetRequiredService<IEventLog>().Head(ct);
        Console.WriteLine(
            $"all: accepted {all.Accepted}, ended {all.Accepted - all.Open}, open {all.Open}; the ledger has read up to {position}, the log ends at {head}");
    }

    private static async Task Open(IServiceProvider services, CancellationToken ct)
    {
        var now = services.GetRequiredService<TimeProvider>().GetUtcNow();
        foreach (var o in await services.GetRequiredService<OpenByAge>().ByReason(now, ct))
        {
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"open, {o.Reason}: {o.Many} (up to a minute {o.Minute}, an hour {o.Hour - o.Minute}, a day {o.Day - o.Hour}, older {o.Many - o.Day}); "
                + $"the oldest since {o.Oldest:yyyy-MM-dd'T'HH:mm:ss'Z'}"));
        }
    }

    private static async Task Queues(ErrorQueues queues, CancellationToken ct)
    {
        foreach (var depth in await queues.Depths(ct))
        {
            Console.WriteLine(depth.Ready is { } ready
                ? $"queue {depth.Queue}: ready {ready}, consumers {depth.Consumers}, in its error queue {depth.Errors ?? 0}"
                : $"queue {depth.Queue}: not made yet");
        }
    }
}
