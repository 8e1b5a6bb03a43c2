using Connections.Console.Pages;
using Connections.Console.Parts;
using Connections.Console.Rendering;
using Connections.Hosting.Keys;
using Connections.Operations.Connections;
using Connections.ReadModels.Connections;
using Connections.Web.Changes;
using Connections.Web.Keys;
using Connections.Web.Responses;
using EventSourcing;

namespace Connections.Console.Endpoints;

/// <summary>My Connections, and the connections of one app.</summary>
internal static class ListEndpoints
{
    private const int PageSize = 100;
    private const int MostSelected = 200;

    public static void MapConnectionList(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/connections", (HttpContext http, Apps apps, ConnectionQueries rows, ConnectionResponses answers, ListDelay delay, TimeProvider clock) =>
            Show(http, ListQuery.Read(http.Request.Query), apps, rows, answers, delay, clock)).Needs(Role.Viewer);
        routes.MapGet("/apps/{connector}", (string connector, HttpContext http, Apps apps, ConnectionQueries rows, ConnectionResponses answers, ListDelay delay, TimeProvider clock) =>
            Show(http, ListQuery.Read(http.Request.Query) with { Connector = connector }, apps, rows, answers, delay, clock)).Needs(Role.Viewer);
        routes.MapPost("/connections/bulk", Bulk).Needs(Role.Manager);
    }

    private static async Task Show(
        HttpContext http, ListQuery query, Apps apps, ConnectionQueries rows, ConnectionResponses answers, ListDelay delay, TimeProvider clock)
    {
        var ct = http.RequestAborted;
        // The id of an app is in the rows, and its name is in the catalogue.
        var filter = new ConnectionFilter(
            query.Connector, query.Status, AppId(query.Text, apps) ?? query.Text,
            query.Expiring ? clock.GetUtcNow() + PageRenderer.ExpiringWithin : null, PageSize, query.Cursor, query.Sort);
        var counts = await rows.Counts(http.Workspace(), filter, ct);
        var page = await answers.List(http.Workspace(), filter, ct);
        IReadOnlyList<AppCard> suggested = counts.Count > 0 || query.IsFiltered ? []
            : [.. (await apps.Search(null, http.Workspace(), ct)).Where(c => c.NotConfigured is null).Take(6)];
        await Page.Show<ListPage, ListModel>(http, new ListModel(page.Items, counts, query, page.Next, apps.All, suggested, await delay.Connections(ct)));
    }

    private static string? AppId(string? text, Apps apps) =>
        text is null ? null : apps.All.Values.FirstOrDefault(e => e.Name.Equals(text.Trim(), StringComparison.OrdinalIgnoreCase))?.Id;

    private static async Task Bulk(
        HttpContext http, ConnectionResponses answers, TestConnections tests, ChangeConnections change, CancellationToken ct)
    {
        var form = await http.Form();
        var ids = form["ids"].Select(id => Guid.TryParse(id, out var parsed) ? parsed : Guid.Empty).Where(id => id != Guid.Empty).Distinct().Take(MostSelected).ToList();
        var what = form["do"].ToString();
        if (ids.Count == 0)
        {
            await Page.Go(http, "connections");
            return;
        }

        var number = Words.TimeWords.Count(ids.Count, "connection");
        if (what == "delete")
        {
            var lines = new List<BulkLine>();
            foreach (var id in ids) lines.Add(await Line(id));
            await Page.Show<BulkPage, BulkModel>(http, new BulkModel($"Delete {number}?", lines, Confirm: true));
            return;
        }

        var pages = http.RequestServices.GetRequiredService<PageRenderer>();
        var model = new BulkModel($"{(what == "test" ? "Test" : "Delete")} {number}", [], Confirm: false);
        await pages.WriteInParts<BulkPage, BulkModel>(http, model, Lines());

        async IAsyncEnumerable<string> Lines()
        {
            foreach (var id in ids) yield return await pages.Render<BulkItem>(new() { ["Line"] = await Line(id) });
        }

        async Task<BulkLine> Line(Guid id)
        {
            var name = id.ToString();
            try
            {
                name = (await answers.Now(http.GetRequestContext().Connection(id), ct)).Name;
                if (what == "delete") return new BulkLine(id, name, true, "");
                if (what == "delete-now")
                {
                    await change.Delete(http.GetRequestContext(), id, ct);
                    return new BulkLine(id, name, true, "deleted");
                }

                var tested = await tests.Test(http.GetRequestContext(), id, ct);
                return new BulkLine(id, name, tested.Result.Ok, tested.Result.Ok ? "works" : tested.Message);
            }
            catch (RejectedException rejected)
            {
                return new BulkLine(id, name, false, rejected.Message);
            }
        }
    }
}
