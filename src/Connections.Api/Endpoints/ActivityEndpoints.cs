using System.Text.Json;
using Connections.Api.Description;
using Connections.Domain.Activity;
using Connections.Hosting.Keys;
using Connections.Operations.Activities;
using Connections.ReadModels;
using Connections.ReadModels.Activities;
using Connections.Web.Keys;
using Connections.Web.Responses;

namespace Connections.Api.Endpoints;

public sealed record RunActivityRequest(
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
public sealed record SettleActivityRequest(string? Outcome, string? Note);

public sealed record ActivityAcceptedResponse(Guid Id, ActivityStatus Status);

/// <summary>Run activities, and read their outcomes.</summary>
public static class ActivityEndpoints
{
    public static void MapActivities(this IEndpointRouteBuilder routes)
    {
        var activities = routes.MapGroup("/api/activities").WithTags("Activities");
        activities.MapPost("/", Run).WithName("runActivity").WithSummary("Runs an activity over a connection").Needs(Role.Runner)
            .Produces<ActivityAcceptedResponse>(202).Rejects(404, 409, 410, 422);
        activities.MapGet("/", List).WithName("listActivities").WithSummary("Lists activities; include=input,output adds their inputs and outputs")
            .Needs(Role.Viewer).Rejects(400);
        activities.MapGet("/{id:guid}", Get).WithName("getActivity").WithSummary("Gets an activity; waitSeconds waits for it to end").Needs(Role.Viewer)
            .Rejects(400, 404);
        activities.MapGet("/{id:guid}/history", History).WithName("getActivityHistory").Needs(Role.Viewer)
            .WithSummary("Lists the events of an activity: attempts, waits and its end").Rejects(400, 404);
        activities.MapPost("/{id:guid}/retry", Retry).WithName("retryActivity").WithSummary("Runs an ended activity again under a new id").Needs(Role.Runner)
            .Produces<ActivityAcceptedResponse>(202).Rejects(404, 409, 410, 413, 422);
        activities.MapPost("/{id:guid}/settle", Settle).WithName("settleActivity").Needs(Role.Runner)
            .WithSummary("Records the outcome of an activity whose outcome is unknown").Rejects(404, 409);
        activities.MapPost("/{id:guid}/cancel", Cancel).WithName("cancelActivity").WithSummary("Cancels an activity that is not running yet").Needs(Role.Runner)
            .Rejects(404, 409);
    }

    private static async Task<IResult> Run(RunActivityRequest body, HttpContext http, ActivityService activities, CancellationToken ct)
    {
        var wanted = new ActivitySubmission(
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
        var status = await activities.Request(http.GetRequestContext(), wanted, ct);
        return TypedResults.Accepted($"/api/activities/{wanted.Id}", new ActivityAcceptedResponse(wanted.Id, status));
    }

    private static Task<ActivityResponse> Get(Guid id, int? waitSeconds, HttpContext http, ActivityResponses answers, CancellationToken ct) =>
        waitSeconds is < 0 or > 60
            ? throw Paging.Malformed("waitSeconds", "Must be from 0 to 60.")
            : answers.Now(http.GetRequestContext().Activity(id), TimeSpan.FromSeconds(waitSeconds ?? 0), ct);

    private static async Task<Page<ActivityResponse>> List(
        Guid? connectionId,
        string? status,
        [Microsoft.AspNetCore.Mvc.FromQuery(Name = "caller.workflow")] string? workflow,
        string? include,
        string? cursor,
        int? limit,
        HttpContext http,
        ActivityResponses answers,
        CancellationToken ct) => await answers.List(
        http.GetRequestContext().Workspace,
        new ActivityFilter(connectionId, Paging.Status<ActivityStatus>(status), workflow, Paging.Limit(limit), Cursor.Parse(cursor)),
        Include(include),
        ct);

    private static Included Include(string? include)
    {
        var parts = (include ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return parts.All(part => part is "input" or "output")
            ? new Included(parts.Contains("input"), parts.Contains("output"))
            : throw Paging.Malformed("include", "Must be input, output, or both with a comma.");
    }

    private static Task<Page<ActivityHistoryItem>> History(
        Guid id, string? cursor, int? limit, HttpContext http, ActivityResponses answers, CancellationToken ct) =>
        answers.History(http.GetRequestContext().Activity(id), Cursor.Parse(cursor, Cursor.Before), Paging.Limit(limit), ct);

    private static async Task<ActivityResponse> Cancel(
        Guid id, HttpContext http, ActivityService activities, ActivityResponses answers, CancellationToken ct)
    {
        await activities.Cancel(http.GetRequestContext(), id, ct);
        return await answers.Now(http.GetRequestContext().Activity(id), TimeSpan.Zero, ct);
    }

    private static async Task<IResult> Retry(Guid id, HttpContext http, ActivityService activities, CancellationToken ct)
    {
        var again = Guid.NewGuid();
        var status = await activities.Retry(http.GetRequestContext(), id, again, ct);
        return TypedResults.Accepted($"/api/activities/{again}", new ActivityAcceptedResponse(again, status));
    }

    private static async Task<ActivityResponse> Settle(
        Guid id, SettleActivityRequest body, HttpContext http, ActivityService activities, ActivityResponses answers, CancellationToken ct)
    {
        const int MaxNoteLength = 1_000;
        if (body.Outcome is not ("succeeded" or "failed")) throw Paging.Malformed("outcome", "Must be succeeded or failed.");
        if (body.Note is { Length: > MaxNoteLength }) throw Paging.Malformed("note", $"Must have at most {MaxNoteLength} characters.");
        await activities.Settle(http.GetRequestContext(), id, body.Outcome == "succeeded", body.Note ?? "", ct);
        return await answers.Now(http.GetRequestContext().Activity(id), TimeSpan.Zero, ct);
    }
}
