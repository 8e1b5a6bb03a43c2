using Connections.Api.Keys;
using Connections.Hosting.Keys;
using Connections.ReadModels;
using EventSourcing;

namespace Connections.Api.Endpoints;

public sealed record CreateKeyRequest(string? Name, string? Role, string? Workspace, DateTimeOffset? ExpiresAt);

/// <param name="Key">In this answer only.</param>
public sealed record CreatedKeyResponse(Guid Id, string Key, string Name, Role Role, string Workspace, DateTimeOffset? ExpiresAt);

public sealed record KeyResponse(
    Guid Id, string Name, Role Role, string Workspace, DateTimeOffset CreatedAt, DateTimeOffset? ExpiresAt, DateTimeOffset? LastUsedAt);

/// <summary>Keys of one's own workspace.</summary>
public static class KeyEndpoints
{
    public static void MapKeys(this IEndpointRouteBuilder routes)
    {
        var keys = routes.MapGroup("/api/keys").WithTags("Keys");
        keys.MapPost("/", Create).WithSummary("Makes an API key; it is shown once").Needs(Role.Admin).Produces<CreatedKeyResponse>(201);
        keys.MapGet("/", List).WithSummary("Lists the keys of the workspace").Needs(Role.Admin);
        keys.MapDelete("/{id:guid}", Delete).WithSummary("Ends a key").Needs(Role.Admin).Produces(204);
    }

    private static async Task<IResult> Create(CreateKeyRequest body, HttpContext http, ApiKeys keys, TimeProvider clock, CancellationToken ct)
    {
        var mine = http.Key();
        var wanted = KeyRequest.Read(
            body.Name, body.Role, body.Workspace, body.ExpiresAt, mine.Workspace, mine.Role == Role.Operator, clock.GetUtcNow());
        var (made, key) = await keys.Create(wanted.Name, wanted.Role, wanted.Workspace, wanted.ExpiresAt, ct);
        return TypedResults.Created((string?)null, new CreatedKeyResponse(made.Id, key, made.Name, made.Role, made.Workspace, made.ExpiresAt));
    }

    private static async Task<Page<KeyResponse>> List(string? cursor, int? limit, HttpContext http, ApiKeys keys, CancellationToken ct)
    {
        var most = Paging.Limit(limit);
        var found = await keys.List(http.Key().Workspace, most + 1, Cursor.Parse(cursor, Cursor.Before), ct);
        var items = found.Take(most).Select(k => new KeyResponse(k.Id, k.Name, k.Role, k.Workspace, k.CreatedAt, k.ExpiresAt, k.LastUsedAt));
        return new Page<KeyResponse>(
            [.. items], found.Count > most ? new Cursor(found[most - 1].CreatedAt.UtcTicks, found[most - 1].Id.ToString()).ToString() : null);
    }

    private static async Task<IResult> Delete(Guid id, HttpContext http, ApiKeys keys, KeyCache cache, CancellationToken ct)
    {
        var key = await keys.Get(http.Key().Workspace, id, ct) ?? throw new RejectedException("key.not-found", "There is no such key.");
        if (key.Role > http.Key().Role) throw new RejectedException("request.forbidden", "An operator's key is ended by an operator's key only.");
        await keys.Delete(id, ct);
        cache.Forget(id);
        return TypedResults.NoContent();
    }
}
