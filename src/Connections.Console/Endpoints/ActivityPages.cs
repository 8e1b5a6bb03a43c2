using System.Text.Json;
using Connections.Console.Forms;
using Connections.Console.Pages;
using Connections.Domain.Activity;
using Connections.Hosting.Keys;
using Connections.Operations.Activities;
using Connections.ReadModels;
using Connections.ReadModels.Activities;
using Connections.ReadModels.Connections;
using Connections.Web.Keys;
using Connections.Web.Responses;
using EventSourcing;

namespace Connections.Console.Endpoints;

/// <summary>Lists activities, shows one, and runs them.</summary>
internal static class ActivityPages
{
    private const int PageSize = 100;

    public static void MapActivityPages(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/activities", List).Needs(Role.Viewer);
        routes.MapGet("/activities/{id:guid}", (Guid id, HttpContext http, Apps apps, ActivityResponses answers, ConnectionResponses connections) =>
            Show(id, http, apps, answers, connections, null)).Needs(Role.Viewer);
        routes.MapPost("/activities/{id:guid}/cancel", (Guid id, HttpContext http, ActivityService work, Apps apps, ActivityResponses answers, ConnectionResponses connections) =>
            Change(id, http, apps, answers, connections, async () =>
            {
                await work.Cancel(http.GetRequestContext(), id, http.RequestAborted);
                return id;
            })).Needs(Role.Runner);
        routes.MapPost("/activities/{id:guid}/retry", (Guid id, HttpContext http, ActivityService work, Apps apps, ActivityResponses answers, ConnectionResponses connections) =>
            Change(id, http, apps, answers, connections, async () =>
            {
                var again = Guid.NewGuid();
                await work.Retry(http.GetRequestContext(), id, again, http.RequestAborted);
                return again;
            })).Needs(Role.Runner);
        routes.MapPost("/activities/{id:guid}/settle", (Guid id, HttpContext http, ActivityService work, Apps apps, ActivityResponses answers, ConnectionResponses connections) =>
            Change(id, http, apps, answers, connections, async () =>
            {
                var form = await http.Form();
                await work.Settle(http.GetRequestContext(), id, form["outcome"] == "succeeded", form["note"].ToString(), http.RequestAborted);
                return id;
            })).Needs(Role.Runner);
        routes.MapGet("/connections/{id:guid}/run", (Guid id, HttpContext http, Apps apps, ConnectionResponses connections, CancellationToken ct) =>
            ShowRun(id, null, http, apps, connections, ct)).Needs(Role.Runner);
        routes.MapGet("/connections/{id:guid}/run/{activity}", ShowRun).Needs(Role.Runner);
        routes.MapPost("/connections/{id:guid}/run/{activity}", Run).Needs(Role.Runner);
    }

    private static async Task List(
        HttpContext http, string? status, string? workflow, Guid? connectionId, string? cursor, Apps apps, ActivityResponses answers, ConnectionQueries rows,
        CancellationToken ct)
    {
        var known = Enum.GetNames<ActivityStatus>().Select(JsonNamingPolicy.CamelCase.ConvertName).Contains(status) ? status : null;
        var named = string.IsNullOrWhiteSpace(workflow) ? null : workflow.Trim();
        var page = await answers.List(http.Workspace(), new ActivityFilter(connectionId, known, named, PageSize, Cursor.Parse(cursor)), default, ct);
        var names = await rows.Names(http.Workspace(), page.Items.Select(i => i.ConnectionId).Append(connectionId).OfType<Guid>().Distinct(), ct);
        await Page.Show<ActivitiesPage, ActivitiesModel>(http, new ActivitiesModel(page, known, named, connectionId, names, apps.All));
    }

    private static async Task Show(
        Guid id, HttpContext http, Apps apps, ActivityResponses answers, ConnectionResponses connections, string? error)
    {
        var (context, ct) = (http.GetRequestContext(), http.RequestAborted);
        var activity = await answers.Now(context.Activity(id), TimeSpan.Zero, ct);
        var history = await answers.History(context.Activity(id), Cursor.Before, PageSize * 10, ct);
        ConnectionResponse? connection = null;
        try
        {
            if (activity.ConnectionId is { } over) connection = await connections.Now(context.Connection(over), ct);
        }
        catch (RejectedException)
        {
            // an activity may name a connection that never existed
        }

        var name = apps.Entry(activity.Connector ?? "")?.ActivityName(activity.Activity) ?? activity.Activity;
        await Page.Show<ActivityPage, ActivityModel>(http, new ActivityModel(activity, name, connection, history.Items, error), error is null ? 200 : 409);
    }

    private static async Task Change(
        Guid id, HttpContext http, Apps apps, ActivityResponses answers, ConnectionResponses connections, Func<Task<Guid>> change)
    {
        string refused;
        try
        {
            await Page.Go(http, $"activities/{await change()}");
            return;
        }
        catch (RejectedException rejected) when (rejected.Code is not "activity.not-found")
        {
            refused = rejected.Message;
        }

        await Show(id, http, apps, answers, connections, refused);
    }

    private static async Task ShowRun(Guid id, string? activity, HttpContext http, Apps apps, ConnectionResponses connections, CancellationToken ct) =>
        await Page.Show<RunPage, RunModel>(http, await Model(id, activity, http, apps, connections, null, [], Guid.NewGuid(), ct), keepTyped: true);

    private static async Task<RunModel> Model(
        Guid id, string? activity, HttpContext http, Apps apps, ConnectionResponses connections,
        IReadOnlyDictionary<string, string>? texts, IReadOnlyList<FieldError> errors, Guid activityId, CancellationToken ct)
    {
        var connection = await connections.Now(http.GetRequestContext().Connection(id), ct);
        var entry = apps.Entry(connection.Connector) ?? throw new RejectedException("connector.not-found", "There is no such app.");
        var found = (activity is null ? entry.Activities[0] : entry.Activities.FirstOrDefault(a => a.Id == activity))
            ?? throw new RejectedException("activity.not-found", $"{entry.Name} has no such activity.");
        return new RunModel(connection, entry, found, activityId, InputField.Create(found, texts, errors), errors);
    }

    private static async Task Run(Guid id, string activity, HttpContext http, Apps apps, ConnectionResponses connections, ActivityService work, CancellationToken ct)
    {
        var form = await http.Form();
        var model = await Model(id, activity, http, apps, connections, null, [], Guid.NewGuid(), ct);
        var wanted = Guid.TryParse(form["id"], out var given) ? given : model.Id;
        var errors = new List<FieldError>();
        try
        {
            var input = InputField.Read(model.Activity, form, errors);
            if (errors.Count > 0) throw new RejectedException("activity.input-invalid", "The input is not valid.") { Errors = errors };
            await work.Request(
                http.GetRequestContext(), new ActivitySubmission(wanted, id, null, null, activity, input, null, null, null, null), ct);
            await Page.Go(http, $"activities/{wanted}");
        }
        catch (RejectedException rejected) when (rejected.Code is "activity.input-invalid" or "activity.id-reused" or "connection.deleted")
        {
            IReadOnlyList<FieldError> shown = rejected.Errors.Count > 0 ? rejected.Errors : [new FieldError("input", rejected.Message)];
            var texts = form.ToDictionary(f => f.Key, f => f.Value.ToString());
            await Page.Show<RunPage, RunModel>(http, await Model(id, activity, http, apps, connections, texts, shown, Guid.NewGuid(), ct), 422);
        }
    }
}
