using System.Text.Json;
using Connections.Api.Description;
using Connections.Domain.Connection;
using Connections.Hosting.Keys;
using Connections.Operations.Connections;
using Connections.ReadModels;
using Connections.ReadModels.Connections;
using Connections.Web.Keys;
using Connections.Web.OAuth;
using Connections.Web.Responses;

namespace Connections.Api.Endpoints;

public sealed record TestConnectionRequest(string? Connector, JsonElement? Settings, JsonElement? Credentials);

/// <param name="RotateBy">When the credentials have to be replaced. The service publishes warnings before that time.</param>
public sealed record CreateConnectionRequest(
    Guid? Id, string? Connector, string? Name, JsonElement? Settings, JsonElement? Credentials, bool? SkipTest, DateTimeOffset? RotateBy);

/// <param name="RotateBy">When the new credentials have to be replaced; without it there are no warnings.</param>
public sealed record ReconnectConnectionRequest(JsonElement? Credentials, JsonElement? Settings, DateTimeOffset? RotateBy);

public sealed record RenameConnectionRequest(string? Name);

/// <summary>Create, test, read, reconnect, rename and delete connections.</summary>
public static class ConnectionEndpoints
{
    public static void MapConnections(this IEndpointRouteBuilder routes)
    {
        var connections = routes.MapGroup("/api/connections").WithTags("Connections");
        connections.MapPost("/test", Test).WithName("testCredentials").WithSummary("Tests credentials without storing them").Needs(Role.Manager)
            .Produces<TestResponse>().Rejects(404, 422);
        connections.MapPost("/", Create).WithName("createConnection").WithSummary("Tests credentials and stores them as a connection").Needs(Role.Manager)
            .Produces<ConnectionResponse>(201).Produces<SignInResponse>(202).Rejects(404, 409, 410, 422);
        connections.MapGet("/", List).WithName("listConnections").WithSummary("Lists connections").Needs(Role.Viewer).Rejects(400);
        connections.MapGet("/{id:guid}", Get).WithName("getConnection").WithSummary("Gets a connection, now or at a past time").Needs(Role.Viewer)
            .Rejects(400, 404);
        connections.MapGet("/{id:guid}/history", History).WithName("getConnectionHistory").WithSummary("Lists the events of a connection").Needs(Role.Viewer)
            .Rejects(400, 404);
        connections.MapPatch("/{id:guid}", Rename).WithName("renameConnection").WithSummary("Renames a connection").Needs(Role.Manager)
            .Rejects(404, 409, 410, 422);
        connections.MapPost("/{id:guid}/test", TestOne).WithName("testConnection").WithSummary("Tests a connection").Needs(Role.Manager)
            .Produces<TestResponse>().Rejects(404, 409, 410, 422);
        connections.MapPost("/{id:guid}/reconnect", Reconnect).WithName("reconnectConnection").Needs(Role.Manager)
            .WithSummary("Reconnects a connection with new credentials, or begins a sign-in and returns its address")
            .ProducesOneOf(typeof(TestResponse), typeof(SignInResponse)).Rejects(404, 409, 410, 422);
        connections.MapDelete("/{id:guid}", Delete).WithName("deleteConnection").WithSummary("Deletes a connection and destroys its credentials")
            .Needs(Role.Manager).Produces(204).Rejects(404, 410);
    }

    private static Task<IResult> Test(TestConnectionRequest body, HttpContext http, CreateConnections create, CancellationToken ct) =>
        StreamedSteps.Respond(http, async steps => TypedResults.Ok(
            TestResponse.From(await create.Test(http.GetRequestContext(), body.Connector, body.Settings, body.Credentials, ct, steps))));

    private static async Task<IResult> Create(
        CreateConnectionRequest body, HttpContext http, CreateConnections create, OAuthConnections signIns, ConnectionResponses answers, CancellationToken ct)
    {
        var wanted = new NewConnection(
            body.Id ?? Guid.NewGuid(), body.Connector, body.Name, body.Settings, body.Credentials, body.SkipTest ?? false, body.RotateBy);
        if (signIns.IsFor(body.Connector, body.Settings) && await signIns.Create(http, wanted, ct) is { } signIn) return TypedResults.Accepted((string?)null, signIn);
        return await StreamedSteps.Respond(http, async steps =>
        {
            if (!signIns.IsFor(body.Connector, body.Settings)) await create.Create(http.GetRequestContext(), wanted, ct, steps);
            return TypedResults.Created($"/api/connections/{wanted.Id}", await answers.Now(http.GetRequestContext().Connection(wanted.Id), ct));
        });
    }

    private static async Task<Page<ConnectionResponse>> List(
        string? connector,
        string? status,
        int? expiringWithinDays,
        string? q,
        string? sort,
        string? cursor,
        int? limit,
        HttpContext http,
        ConnectionResponses answers,
        TimeProvider clock,
        CancellationToken ct)
    {
        if (expiringWithinDays is < 0 or > 3_650) throw Paging.Malformed("expiringWithinDays", "Must be from 0 to 3650.");
        var filter = new ConnectionFilter(
            connector,
            Paging.Status<ConnectionStatus>(status),
            q,
            expiringWithinDays is { } days ? clock.GetUtcNow() + TimeSpan.FromDays(days) : null,
            Paging.Limit(limit),
            cursor,
            sort);
        return await answers.List(http.GetRequestContext().Workspace, filter, ct);
    }

    private static async Task<ConnectionResponse> Get(
        Guid id, DateTimeOffset? at, HttpContext http, ConnectionResponses answers, CancellationToken ct) => at is { } then
        ? await answers.Then(http.GetRequestContext().Connection(id), then, ct)
        : await answers.Now(http.GetRequestContext().Connection(id), ct);

    private static Task<Page<HistoryItem>> History(
        Guid id, string? cursor, int? limit, HttpContext http, ConnectionResponses answers, CancellationToken ct) =>
        answers.History(http.GetRequestContext().Connection(id), Cursor.Parse(cursor, Cursor.Before), Paging.Limit(limit), ct);

    private static async Task<ConnectionResponse> Rename(
        Guid id, RenameConnectionRequest body, HttpContext http, ChangeConnections change, ConnectionResponses answers, CancellationToken ct)
    {
        if (body.Name is not null) await change.Rename(http.GetRequestContext(), id, body.Name, ct);
        return await answers.Now(http.GetRequestContext().Connection(id), ct);
    }

    private static Task<IResult> TestOne(Guid id, HttpContext http, TestConnections tests, CancellationToken ct) =>
        StreamedSteps.Respond(http, async steps => TypedResults.Ok(TestResponse.From(await tests.Test(http.GetRequestContext(), id, ct, steps))));

    private static async Task<IResult> Reconnect(
        Guid id, ReconnectConnectionRequest? body, HttpContext http, ChangeConnections change, OAuthConnections signIns, CancellationToken ct) =>
        await signIns.IsFor(http.GetRequestContext(), id, ct)
            ? TypedResults.Ok(await signIns.Reconnect(http, id, body?.RotateBy, ct))
            : await StreamedSteps.Respond(http, async steps => TypedResults.Ok(TestResponse.From(await change.Reconnect(
                http.GetRequestContext(), id, new NewCredentials(body?.Settings, body?.Credentials, body?.RotateBy), ct, steps))));

    private static async Task<IResult> Delete(Guid id, HttpContext http, ChangeConnections change, CancellationToken ct)
    {
        await change.Delete(http.GetRequestContext(), id, ct);
        return TypedResults.NoContent();
    }
}
