using Connections.Console.Pages;
using Connections.Domain.Connection;
using Connections.Hosting.Keys;
using Connections.ReadModels.Connections;
using Connections.ReadModels.Usage;
using Connections.Web.Changes;
using Connections.Web.Keys;
using Connections.Web.Responses;
using Microsoft.Extensions.Hosting;

namespace Connections.Console.Endpoints;

/// <summary>The first page: what needs a person, what ends soon, what waits, and what ran.</summary>
internal static class OverviewEndpoints
{
    private const int Shown = 6;
    private const int Days = 30;

    public static void MapOverview(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/", Show).Needs(Role.Viewer);
        routes.MapGet("/changes", (HttpContext http, ChangeFeed feed, Callers callers, IHostApplicationLifetime lifetime, TimeProvider clock) =>
            ChangeStream.Write(http, feed, callers, lifetime, clock)).Needs(Role.Viewer);
    }

    private static async Task Show(
        HttpContext http, Apps apps, ConnectionQueries rows, ConnectionResponses answers, UsageQueries usage, TimeProvider clock, CancellationToken ct)
    {
        var (workspace, now) = (http.Workspace(), clock.GetUtcNow());
        var counts = await rows.Counts(workspace, ct);
        var needs = await answers.List(workspace, Filter(ListQuery.Name(ConnectionStatus.ReauthRequired)), ct);
        var away = await answers.List(workspace, Filter(ListQuery.Name(ConnectionStatus.Unreachable)), ct);
        var ending = await answers.List(
            workspace, new ConnectionFilter(null, null, null, now + TimeSpan.FromDays(Days), 200, null, "expires"), ct);
        var hour = new DateTimeOffset(now.UtcTicks - (now.UtcTicks % TimeSpan.TicksPerHour), TimeSpan.Zero);
        var since = hour - TimeSpan.FromHours(23);
        var slow = new List<SlowLine>();
        foreach (var (id, ended, average) in await usage.Slowest(workspace, since, Shown - 1, ct))
            slow.Add(new SlowLine(id, (await rows.Find(http.GetRequestContext().Connection(id), ct))?.Name ?? id.ToString(), ended, average));
        await Page.Show<OverviewPage, OverviewModel>(http, new OverviewModel(
            counts, needs.Items, away.Items, [.. ending.Items.Where(i => i.Expires is not null)], await usage.WaitingByKind(workspace, ct),
            HourBars.Create(await usage.ByHour(workspace, since, ct), since), slow, apps.All));

        static ConnectionFilter Filter(string status) => new(null, status, null, null, Shown, null, "name");
    }
}
