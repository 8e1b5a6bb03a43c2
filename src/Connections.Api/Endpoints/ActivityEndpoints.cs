using System.Text.Json;
using Connections.Domain;
using Connections.Hosting;
using Connections.Operations;
using Connections.ReadModels;

namespace Connections.Api;

public sealed record ConnectionReference(string? Connector, string? Name);

public sealed record ActivityRequest(
    Guid? Id,
    Guid? ConnectionId,
    ConnectionReference? Connection,
    string? Activity,
    JsonElement? Input,
    int? DeadlineSeconds,
    int? TimeoutSeconds,
    string? OnReauth,
    Caller? Caller);

/// <param name="Outcome"><c>succeeded</c> or <c>failed</c>.</param>
public sealed record SettleRequest(string? Outcome, string? Note);

public sealed record ActivityAccepted(Guid Id, ActivityStatus Status);

/// <summary>Activities: ask for one, see what came of it.</summary>
public static class ActivityEndpoints
{
    public static void MapActivities(this IEndpointRouteBuilder routes)
    {
        var activities = routes.MapGroup("/api/activities").WithTags("Activities");
        activities.MapPost("/", Run).WithSummary("Runs an activity over a connection").Needs(Role.Runner).Produces<ActivityAccepted>(202);
        activities.MapGet("/", List).WithSummary("Lists activities").Needs(Role.Viewer);
        activities.MapGet("/{id:guid}", Get).WithSummary("One activity; waits for its end if asked to").Needs(Role.Viewer);
        activities.MapPost("/{id:guid}/retry", Retry).WithSummary("Runs an ended activity again, under a new id").Needs(Role.Runner)
            .Produces<ActivityAccepted>(202);
        activities.MapPost("/{id:guid}/settle", Settle).WithSummary("Says what came of an activity whose outcome is unknown").Needs(Role.Runner);
        activities.MapPost("/{id:guid}/cancel", Cancel).WithSummary("Cancels an activity that does not run yet").Needs(Role.Runner);
    }

    private static async Task<IResult> Run(ActivityRequest body, HttpContext http, RequestActivities activities, CancellationToken ct)
    {
        var wanted = new NewActivity(
            body.Id ?? Guid.NewGuid(),
            body.ConnectionId,
            body.Connection is null ? null : body.Connection.Connector ?? "",
            body.Connection?.Name,
            body.Activity,
            body.Input,
            body.DeadlineSeconds,
            body.TimeoutSeconds,
            body.OnReauth,
            body.Caller);
        var status = await activities.Request(http.Who(), wanted, ct);
        return TypedResults.Accepted($"/api/activities/{wanted.Id}", new ActivityAccepted(wanted.Id, status));
    }

    private static Task<ActivityAnswer> Get(Guid id, int? waitSeconds, HttpContext http, ActivityAnswers answers, CancellationToken ct) =>
        waitSeconds is < 0 or > 60
            ? throw Paging.Malformed("waitSeconds", "From 0 to 60.")
            : answers.Now(http.Who().Workspace, id, TimeSpan.FromSeconds(waitSeconds ?? 0), ct);

    private static async Task<Page<ActivityAnswer>> List(
        Guid? connectionId,
        string? status,
        [Microsoft.AspNetCore.Mvc.FromQuery(Name = "caller.workflow")] string? workflow,
        string? cursor,
        int? limit,
        HttpContext http,
        ActivityAnswers answers,
        CancellationToken ct) => await answers.List(
        http.Who().Workspace,
        new ActivityFilter(connectionId, Paging.OneOf<ActivityStatus>("status", status), workflow, Paging.Limit(limit), Cursor.Parse(cursor)),
        ct);

    private static async Task<ActivityAnswer> Cancel(
        Guid id, HttpContext http, RequestActivities activities, ActivityAnswers answers, CancellationToken ct)
    {
        await activities.Cancel(http.Who(), id, ct);
        return await answers.Now(http.Who().Workspace, id, TimeSpan.Zero, ct);
    }

    private static async Task<IResult> Retry(Guid id, HttpContext http, RequestActivities activities, CancellationToken ct)
    {
        var again = Guid.NewGuid();
        var status = await activities.Retry(http.Who(), id, again, ct);
        return TypedResults.Accepted($"/api/activities/{again}", new ActivityAccepted(again, status));
    }

    private static async Task<ActivityAnswer> Settle(
        Guid id, SettleRequest body, HttpContext http, RequestActivities activities, ActivityAnswers answers, CancellationToken ct)
    {
        const int LongestNote = 1_000;
        if (body.Outcome is not ("succeeded" or "failed")) throw Paging.Malformed("outcome", "succeeded or failed.");
        if (body.Note is { Length: > LongestNote }) throw Paging.Malformed("note", $"At most {LongestNote} characters.");
        await activities.Settle(http.Who(), id, body.Outcome == "succeeded", body.Note ?? "", ct);
        return await answers.Now(http.Who().Workspace, id, TimeSpan.Zero, ct);
    }
}
