using Connections.Api.Description;
using Connections.Hosting.Keys;
using Connections.ReadModels;
using Connections.Web.Keys;
using Connections.Web.Sessions;
using EventSourcing;

namespace Connections.Api.Endpoints;

public sealed record CreateKeyRequest(string? Name, string? Role, string? Workspace, DateTimeOffset? ExpiresAt);

/// <param name="Key">The key itself. No later response contains it.</param>
public sealed record CreatedKeyResponse(Guid Id, string Key, string Name, Role Role, string Workspace, DateTimeOffset? ExpiresAt);

public sealed record KeyResponse(
    Guid Id, string Name, Role Role, string Workspace, DateTimeOffset CreatedAt, DateTimeOffset? ExpiresAt, DateTimeOffset? LastUsedAt);

/// <summary>Manages the API keys of the caller's workspace.</summary>
public static class KeyEndpoints
{
    public static void MapKeys(this IEndpointRouteBuilder routes)
    {
        var keys = routes.MapGroup("/api/keys").WithTags("Keys");
        keys.MapPost("/", Create).WithName("createKey").WithSummary("Creates an API key and shows it once").Needs(Role.Admin)
            .Produces<CreatedKeyResponse>(201);
        keys.MapGet("/", List).WithName("listKeys").WithSummary("Lists the keys of the workspace").Needs(Role.Admin).Rejects(400);
        keys.MapDelete("/{id:guid}", Delete).WithName("deleteKey").WithSummary("Deletes a key").Needs(Role.Admin).Produces(204).Rejects(404);
    }

    private static async Task<IResult> Create(CreateKeyRequest body, HttpContext http, ApiKeys keys, TimeProvider clock, CancellationToken ct)
    {
        var own = http.Key();
        var request = KeyRequest.Read(
            body.Name, body.Role, body.Workspace, body.ExpiresAt, own.Workspace, own.Role == Role.Operator, clock.GetUtcNow());
        var (stored, key) = await keys.Create(request.Name, request.Role, request.Workspace, request.ExpiresAt, ct);
        return TypedResults.Created(
            (string?)null, new CreatedKeyResponse(stored.Id, key, stored.Name, stored.Role, stored.Workspace, stored.ExpiresAt));
    }

    private static async Task<Page<KeyResponse>> List(string? cursor, int? limit, HttpContext http, ApiKeys keys, CancellationToken ct)
    {
        var size = Paging.Limit(limit);
        var found = await keys.List(http.Key().Workspace, size + 1, Cursor.Parse(cursor, Cursor.Before), ct);
        var items = found.Take(size).Select(k => new KeyResponse(k.Id, k.Name, k.Role, k.Workspace, k.CreatedAt, k.ExpiresAt, k.LastUsedAt));
        return new Page<KeyResponse>(
            [.. items], found.Count > size ? new Cursor(found[size - 1].CreatedAt.UtcTicks, found[size - 1].Id.ToString()).ToString() : null);
    }

    private static async Task<IResult> Delete(Guid id, HttpContext http, ApiKeys keys, KeyCache cache, BrowserSessions sessions, CancellationToken ct)
    {
        var key = await keys.Get(http.Key().Workspace, id, ct) ?? throw new RejectedException("key.not-found", "There is no such key.");
        if (key.Role > http.Key().Role) throw new RejectedException("request.forbidden", "Only an operator's key may delete an operator's key.");
        await keys.Delete(id, ct);
        cache.Forget(id);
        sessions.Forget(id);
        return TypedResults.NoContent();
    }
}
