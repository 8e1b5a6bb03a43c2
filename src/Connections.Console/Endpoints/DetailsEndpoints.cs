using Connections.Console.Pages;
using Connections.Hosting.Keys;
using Connections.Operations;
using Connections.ReadModels;
using Connections.ReadModels.Activities;
using Connections.ReadModels.Usage;
using Connections.Web.Changes;
using Connections.Web.Keys;
using Connections.Web.Responses;

namespace Connections.Console.Endpoints;

/// <summary>One connection: now, or as it was.</summary>
internal sealed class ConnectionDetails(
    Apps apps, ConnectionResponses answers, ActivityResponses activities, UsageQueries usage, ListDelay delay, Actors actors, TimeProvider clock)
{
    private const int MostEvents = 1_000;
    private const int LastActivities = 20;
    private static readonly TimeSpan UsedWithin = TimeSpan.FromDays(30);
    private static readonly TimeSpan Late = TimeSpan.FromSeconds(10);

    public Apps Apps => apps;

    public async Task<DetailsModel> Read(RequestContext context, Guid id, DateTimeOffset? at, TriedForm tried, CancellationToken ct)
    {
        var (connection, history, since) = await answers.Story(context.Connection(id), at, MostEvents, ct);
        var lines = new List<HistoryLine>();
        foreach (var item in history) lines.Add(new HistoryLine(item, await actors.Name(context.Workspace, item.Actor, ct)));
        var filter = new ActivityFilter(id, null, null, LastActivities, Cursor.Start);
        var recent = await activities.List(context.Workspace, filter, default, ct);
        return new DetailsModel(
            connection, apps.Entry(connection.Connector), await actors.Name(context.Workspace, connection.CreatedBy, ct), lines,
            recent.Items,
            await Uses(context, id, ct), await usage.Waiting(context.Connection(id), ct), at, since, tried);
    }

    public Task<IReadOnlyList<WorkflowUse>> Uses(RequestContext context, Guid id, CancellationToken ct) =>
        usage.Workflows(context.Connection(id), clock.GetUtcNow() - UsedWithin, ct);

    public Task<ILookup<Guid, WorkflowUse>> Uses(string workspace, IEnumerable<Guid> ids, CancellationToken ct) =>
        usage.Workflows(workspace, ids, clock.GetUtcNow() - UsedWithin, ct);

    /// <summary>Whether the use of connections lacks what happened some time ago, as after an upgrade.</summary>
    public async Task<bool> IsCounting(CancellationToken ct) => await delay.Usage(ct) > Late;
}

internal static class DetailsEndpoints
{
    public static void MapConnectionPages(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/connections/{id:guid}", Show).Needs(Role.Viewer);

    private static async Task Show(
        Guid id, DateTimeOffset? at, string? test, HttpContext http, ConnectionDetails details, CancellationToken ct)
    {
        var read = await details.Read(http.GetRequestContext(), id, at, TriedForm.Not, ct);
        await Page.Show<DetailsPage, DetailsModel>(http, read with { TestNow = test is not null });
    }
}
