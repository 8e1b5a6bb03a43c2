using System.Text.Json;
using Connections.Domain;
using Connections.Hosting;
using Connections.Operations;
using Connections.ReadModels;

namespace Connections.Api;

public sealed record TestRequest(string? Connector, JsonElement? Settings, JsonElement? Credentials);

/// <param name="RotateBy">When the credentials are to be changed; people are warned before.</param>
public sealed record CreateRequest(
    Guid? Id, string? Connector, string? Name, JsonElement? Settings, JsonElement? Credentials, bool? SkipTest, DateTimeOffset? RotateBy);

/// <param name="RotateBy">When the new credentials are to be changed; left out, nobody is warned of them.</param>
public sealed record ReconnectRequest(JsonElement? Credentials, JsonElement? Settings, DateTimeOffset? RotateBy);

public sealed record RenameRequest(string? Name);

/// <summary>Connections: make, try, look at, mend, rename, delete.</summary>
public static class ConnectionEndpoints
{
    public static void MapConnections(this IEndpointRouteBuilder routes)
    {
        var connections = routes.MapGroup("/api/connections").WithTags("Connections");
        connections.MapPost("/test", Test).WithSummary("Tries credentials and keeps nothing").Needs(Role.Manager);
        connections.MapPost("/", Create).WithSummary("Tries credentials and keeps them as a connection").Needs(Role.Manager)
            .Produces<ConnectionAnswer>(201).Produces<SignInAnswer>(202);
        connections.MapGet("/", List).WithSummary("Lists connections").Needs(Role.Viewer);
        connections.MapGet("/{id:guid}", Get).WithSummary("One connection, now or as it was").Needs(Role.Viewer);
        connections.MapGet("/{id:guid}/history", History).WithSummary("What happened to a connection").Needs(Role.Viewer);
        connections.MapPatch("/{id:guid}", Rename).WithSummary("Renames a connection").Needs(Role.Manager);
        connections.MapPost("/{id:guid}/test", TestOne).WithSummary("Tries a connection").Needs(Role.Manager);
        connections.MapPost("/{id:guid}/reconnect", Reconnect).WithSummary("Mends a connection with new credentials").Needs(Role.Manager)
            .Produces<TestAnswer>();
        connections.MapDelete("/{id:guid}", Delete).WithSummary("Deletes a connection and destroys its credentials").Needs(Role.Manager)
            .Produces(204);
    }

    private static async Task<TestAnswer> Test(TestRequest body, HttpContext http, CreateConnections create, CancellationToken ct) =>
        TestAnswer.Of(await create.Test(http.Who(), body.Connector, body.Settings, body.Credentials, ct));

    private static async Task<IResult> Create(
        CreateRequest body, HttpContext http, CreateConnections create, SignInDoor signIns, ConnectionAnswers answers, CancellationToken ct)
    {
        var wanted = new NewConnection(
            body.Id ?? Guid.NewGuid(), body.Connector, body.Name, body.Settings, body.Credentials, body.SkipTest ?? false, body.RotateBy);
        if (!signIns.IsFor(body.Connector)) await create.Create(http.Who(), wanted, ct);
        else if (await signIns.Create(http, wanted, ct) is { } signIn) return TypedResults.Accepted((string?)null, signIn);
        return TypedResults.Created($"/api/connections/{wanted.Id}", await answers.Now(http.Who().Workspace, wanted.Id, ct));
    }

    private static async Task<Page<ConnectionAnswer>> List(
        string? connector,
        string? status,
        int? expiringWithinDays,
        string? q,
        string? cursor,
        int? limit,
        HttpContext http,
        ConnectionAnswers answers,
        TimeProvider clock,
        CancellationToken ct)
    {
        if (expiringWithinDays is < 0 or > 3_650) throw Paging.Malformed("expiringWithinDays", "From 0 to 3650.");
        var filter = new ConnectionFilter(
            connector,
            Paging.OneOf<ConnectionStatus>("status", status),
            q,
            expiringWithinDays is { } days ? clock.GetUtcNow() + TimeSpan.FromDays(days) : null,
            Paging.Limit(limit),
            Cursor.Parse(cursor));
        return await answers.List(http.Who().Workspace, filter, ct);
    }

    private static async Task<ConnectionAnswer> Get(
        Guid id, DateTimeOffset? at, HttpContext http, ConnectionAnswers answers, CancellationToken ct) => at is { } then
        ? await answers.Then(http.Who().Workspace, id, then, ct)
        : await answers.Now(http.Who().Workspace, id, ct);

    private static Task<Page<HistoryItem>> History(
        Guid id, string? cursor, int? limit, HttpContext http, ConnectionAnswers answers, CancellationToken ct) =>
        answers.History(http.Who().Workspace, id, Cursor.Parse(cursor, Cursor.Before), Paging.Limit(limit), ct);

    private static async Task<ConnectionAnswer> Rename(
        Guid id, RenameRequest body, HttpContext http, ChangeConnections change, ConnectionAnswers answers, CancellationToken ct)
    {
        if (body.Name is not null) await change.Rename(http.Who(), id, body.Name, ct);
        return await answers.Now(http.Who().Workspace, id, ct);
    }

    private static async Task<TestAnswer> TestOne(Guid id, HttpContext http, TestConnections tests, CancellationToken ct) =>
        TestAnswer.Of(await tests.Test(http.Who(), id, ct));

    private static async Task<IResult> Reconnect(
        Guid id, ReconnectRequest? body, HttpContext http, ChangeConnections change, SignInDoor signIns, CancellationToken ct) =>
        await signIns.IsFor(http.Who(), id, ct)
            ? TypedResults.Ok(await signIns.Reconnect(http, id, body?.RotateBy, ct))
            : TypedResults.Ok(TestAnswer.Of(await change.Reconnect(
                http.Who(), id, new NewCredentials(body?.Settings, body?.Credentials, body?.RotateBy), ct)));

    private static async Task<IResult> Delete(Guid id, HttpContext http, ChangeConnections change, CancellationToken ct)
    {
        await change.Delete(http.Who(), id, ct);
        return TypedResults.NoContent();
    }
}
