using Connections.Connectors.Catalogue;
using Connections.Web.Responses;

namespace Connections.Console.Pages;

public sealed record SlowLine(Guid Id, string Name, long Ended, TimeSpan Average);

/// <summary>The activities of one hour by outcome.</summary>
public sealed record HourBar(DateTimeOffset Hour, long Done, long Open, long Failed)
{
    public long All => Done + Open + Failed;
}

internal static class HourBars
{
    private const int Hours = 24;

    public static IReadOnlyList<HourBar> Create(IReadOnlyList<(DateTimeOffset Hour, string Outcome, long Number)> rows, DateTimeOffset since) =>
    [
        .. Enumerable.Range(0, Hours).Select(i => since + TimeSpan.FromHours(i)).Select(hour =>
        {
            long Sum(params string[] outcomes) => rows.Where(r => r.Hour == hour && outcomes.Contains(r.Outcome)).Sum(r => r.Number);
            return new HourBar(hour, Sum("succeeded"), Sum("open"), Sum("failed", "unknown", "cancelled"));
        })
    ];
}

public sealed record OverviewModel(
    IReadOnlyDictionary<string, long> Counts,
    IReadOnlyList<ConnectionResponse> NeedReconnect,
    IReadOnlyList<ConnectionResponse> Unreachable,
    IReadOnlyList<ConnectionResponse> Ending,
    IReadOnlyList<(string Kind, long Number, DateTimeOffset FirstDeadline)> Waiting,
    IReadOnlyList<HourBar> Hours,
    IReadOnlyList<SlowLine> Slowest,
    IReadOnlyDictionary<string, CatalogueEntry> Apps)
{
    public long All => Counts.Sum(c => c.Value);
}
